import { describe, expect, test } from 'vitest'
import { type Api, api, send } from './harness/api.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { freshS3, s3 } from './harness/s3.js'
import { startServer } from './harness/server.js'

const MLFLOW = '/api/2.0/mlflow'
const WRITERS = 8
const ROUNDS = 15

interface Version {
  model_version: { version: string }
}

describe.skipIf(!postgres || !s3)('two servers on one PostgreSQL and one S3 store', () => {
  test('concurrent writers get distinct version numbers and lose no alias, point, parameter or file', async () => {
    const store = freshS3()
    const args = ['--database-url', await freshPostgres(), '--artifacts-destination', store.uri]
    // Both start on an empty database and migrate it concurrently
    const [left, right] = await Promise.all([
      startServer({ args, env: store.env }),
      startServer({ args, env: store.env }),
    ])
    await using _left = left
    await using _right = right
    const through = (i: number) => (i % 2 === 0 ? left.url : right.url)
    const { post, get } = api(left.url)
    const { run } = await post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`)
    const { run_id } = run.info
    await post(`${MLFLOW}/registered-models/create`, { name: 'shared' })

    const writers = Array.from({ length: WRITERS }, (_, i) => write(through(i), through(i + 1), run_id, i))
    const written = await Promise.all(writers)

    const versions = written.flatMap((one) => one.versions).map(Number)
    expect(versions.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: WRITERS * ROUNDS }, (_, i) => i + 1),
    )
    for (const url of [left.url, right.url]) {
      expect(await aliasesOf(api(url))).toEqual(Object.fromEntries(written.map((one) => one.alias)))
      expect(await whatRunHolds(api(url), run_id)).toEqual({
        points: WRITERS * ROUNDS * 10,
        params: Array.from({ length: WRITERS * ROUNDS }, (_, i) => `p${i}`).toSorted(),
      })
    }
    const contested = await get<{ run: { data: { params: { key: string; value: string }[] } } }>(
      `${MLFLOW}/runs/get`,
      { run_id },
    )
    const winners = written.flatMap((one) => one.won)
    expect(winners).toHaveLength(ROUNDS)
    const held = contested.run.data.params.filter(({ key }) => key.startsWith('contested'))
    expect(held.map(({ key, value }) => `${key} ${value}`).toSorted()).toEqual(winners.toSorted())
    for (const [i, name] of written.map((one) => one.file).entries()) {
      const path = `/api/2.0/mlflow-artifacts/artifacts/0/${name}`
      expect((await send(through(i + 1), 'GET', path)).text).toBe(`of writer ${i}`)
    }
    for (const path of ['experiments/create', 'registered-models/create'])
      for (let round = 0; round < 5; round++) await oneCreates(path, { name: `contested ${round}` }, through)
  })
})

/** Many clients create the same object concurrently through both servers: exactly one succeeds. */
async function oneCreates(path: string, body: object, through: (i: number) => string) {
  const answers = await Promise.all(
    Array.from({ length: WRITERS }, (_, i) => send(through(i), 'POST', `${MLFLOW}/${path}`, { body })),
  )
  const refused = answers.filter(({ status }) => status !== 200)
  expect(refused).toHaveLength(WRITERS - 1)
  for (const { status, text } of refused)
    expect([status, text]).toEqual([400, expect.stringContaining('RESOURCE_ALREADY_EXISTS')])
}

/** Writes to one server and checks each write on the other. */
async function write(url: string, other: string, run_id: string, writer: number) {
  const { post } = api(url)
  const versions: string[] = []
  const won: string[] = []
  let alias: [string, string] = ['', '']
  for (let round = 0; round < ROUNDS; round++) {
    const id = writer * ROUNDS + round
    const source = `s3://elsewhere/${id}`
    const { model_version } = await post<Version>(`${MLFLOW}/model-versions/create`, {
      name: 'shared',
      source,
    })
    versions.push(model_version.version)
    alias = [`w${writer}`, model_version.version]
    await post(`${MLFLOW}/registered-models/alias`, { name: 'shared', alias: alias[0], version: alias[1] })
    const seen = await api(other).get<Version>(`${MLFLOW}/registered-models/alias`, {
      name: 'shared',
      alias: alias[0],
    })
    expect(seen.model_version.version).toBe(alias[1])
    const metrics = Array.from({ length: 10 }, (_, i) => ({
      key: 'loss',
      value: id,
      timestamp: 1,
      step: id * 10 + i,
    }))
    await post(`${MLFLOW}/runs/log-batch`, { run_id, metrics, params: [{ key: `p${id}`, value: '1' }] })
    const body = { run_id, key: `contested ${round}`, value: String(writer) }
    const contest = await send(url, 'POST', `${MLFLOW}/runs/log-parameter`, { body })
    if (contest.status === 200) won.push(`${body.key} ${writer}`)
    else
      expect([contest.status, contest.text]).toEqual([400, expect.stringContaining('Changing param values')])
  }
  const file = `shared/${writer}.txt`
  const path = `/api/2.0/mlflow-artifacts/artifacts/0/${file}`
  expect((await send(url, 'PUT', path, { body: Buffer.from(`of writer ${writer}`) })).status).toBe(200)
  return { versions, alias, won, file }
}

async function aliasesOf({ get }: Api): Promise<Record<string, string>> {
  const { registered_model } = await get<{
    registered_model: { aliases: { alias: string; version: string }[] }
  }>(`${MLFLOW}/registered-models/get`, { name: 'shared' })
  return Object.fromEntries(registered_model.aliases.map(({ alias, version }) => [alias, String(version)]))
}

async function whatRunHolds({ get }: Api, run_id: string) {
  const { run } = await get<{ run: { data: { params: { key: string }[] } } }>(`${MLFLOW}/runs/get`, {
    run_id,
  })
  const query = { run_id, metric_key: 'loss' }
  const { metrics } = await get<{ metrics: unknown[] }>(`${MLFLOW}/metrics/get-history`, query)
  const params = run.data.params.map(({ key }) => key).filter((key) => /^p\d+$/.test(key))
  return { points: metrics.length, params: params.toSorted() }
}
