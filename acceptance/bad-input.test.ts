import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createObjects } from './bad-input/create-objects.js'
import { sendRaw } from './bad-input/raw.js'
import { sendHostileValues } from './bad-input/send-hostile-values.js'
import { canMountDisks, mountSmallDisk } from './bad-input/small-disk.js'
import { api, type RequestOptions, send } from './harness/api.js'
import { runCli } from './harness/cli.js'
import { databases } from './harness/databases.js'
import { effort, isExhaustive } from './harness/effort.js'
import { Random } from './harness/random.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'

const SEED = Number(process.env.BAD_INPUT_SEED || 1)
const BUDGET = Number(process.env.BAD_INPUT_REQUESTS || effort(300, 600, 4000))
const RUNS = '/api/2.0/mlflow/runs'
const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts'
const JSON_TYPE = { 'content-type': 'application/json' }

describe('bad input is rejected with 4xx and a message that names the problem', () => {
  let server: Server
  let run_id: string
  beforeAll(async () => {
    server = await startServer()
    const created = await api(server.url).post<{ run: { info: { run_id: string } } }>(`${RUNS}/create`)
    run_id = created.run.info.run_id
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  const refusal = async (method: string, path: string, sent: RequestOptions = {}) => {
    const { status, text } = await send(server.url, method, path, sent)
    return `${status} ${text}`
  }
  const metric = { key: 'loss', value: 1, timestamp: 1 }

  test.each<[string, string, RequestOptions, RegExp]>([
    ['malformed JSON', 'POST /runs/create', { body: '{"a": ', headers: JSON_TYPE }, /400 .*not valid JSON/],
    ['a list for an object', 'POST /runs/create', { body: [] }, /400 .*must be a JSON object/],
    [
      'another content type',
      'POST /runs/create',
      { body: 'a=1', headers: { 'content-type': 'text/plain' } },
      /400 .*Content-Type/,
    ],
    ['an unknown operation', 'POST /runs/explode', { body: {} }, /404 .*No endpoint POST .*runs\/explode/],
    ['another method', 'DELETE /runs/create', {}, /405 .*takes POST/],
    [
      'a missing field',
      'POST /runs/log-metric',
      { body: { run_id: 'R', key: 'loss', timestamp: 1 } },
      /400 .*'value'/,
    ],
    [
      'text for a number',
      'POST /runs/log-metric',
      { body: { ...metric, run_id: 'R', value: 'low' } },
      /400 .*'value'/,
    ],
    [
      'an object for text',
      'POST /runs/set-tag',
      { body: { run_id: 'R', key: { a: 1 }, value: 'x' } },
      /400 .*'key'/,
    ],
    [
      'a wrong type inside a list',
      'POST /runs/log-batch',
      { body: { run_id: 'R', metrics: [metric, { ...metric, value: [] }] } },
      /400 .*'metrics\[1\]\.value'/,
    ],
    [
      '1001 metrics',
      'POST /runs/log-batch',
      { body: { run_id: 'R', metrics: Array.from({ length: 1001 }, () => metric) } },
      /400 .*at most 1000 metrics\. Got 1001 metrics/,
    ],
    [
      '101 parameters',
      'POST /runs/log-batch',
      { body: { run_id: 'R', params: Array.from({ length: 101 }, (_, i) => ({ key: `p${i}`, value: '' })) } },
      /400 .*at most 100 params\. Got 101 params/,
    ],
    [
      'a key that is too long',
      'POST /runs/log-metric',
      { body: { ...metric, run_id: 'R', key: 'k'.repeat(251) } },
      /400 .*exceeds the maximum length of 250/,
    ],
    [
      'a key with a parent folder',
      'POST /runs/log-metric',
      { body: { ...metric, run_id: 'R', key: '../x' } },
      /400 .*\.\.\/x/,
    ],
    [
      'an experiment id that is not a number',
      'POST /runs/search',
      { body: { experiment_ids: ['abc'] } },
      /400 .*abc/,
    ],
    [
      'a filter that does not parse',
      'POST /runs/search',
      { body: { experiment_ids: ['0'], filter: 'metrics.loss >' } },
      /400 .*filter|400 .*metrics\.loss/i,
    ],
    [
      'a page token that the server did not issue',
      'POST /runs/search',
      { body: { experiment_ids: ['0'], page_token: 'AAAA' } },
      /400 .*page.?token/i,
    ],
    [
      'a run that does not exist',
      'GET /runs/get?run_id=00000000000000000000000000000000',
      {},
      /404 .*Run with id=0+ not found/,
    ],
    [
      'an experiment that does not exist',
      'GET /experiments/get?experiment_id=987654',
      {},
      /404 .*No Experiment with id=987654 exists/,
    ],
    [
      'a model that does not exist',
      'GET /registered-models/get?name=nobody',
      {},
      /404 .*name=nobody not found/,
    ],
    ['a version that does not exist', 'GET /model-versions/get?name=nobody&version=7', {}, /404 .*nobody/],
  ])('%s', async (_what, request, sent, expected) => {
    const [method, path] = request.split(' ') as [string, string]
    const body = JSON.stringify(sent.body)?.replace('"run_id":"R"', `"run_id":"${run_id}"`)
    const filled = body && typeof sent.body !== 'string' ? { ...sent, body, headers: JSON_TYPE } : sent
    expect(await refusal(method, `/api/2.0/mlflow${path}`, filled)).toMatch(expected)
  })

  test.each([
    ['/api/2.1/unity-catalog/tables/nobody.movies.ratings', 'nobody'],
    ['/api/2.1/unity-catalog/catalogs/nobody', 'nobody'],
    ['/api/2.0/serving-endpoints/nobody', 'nobody'],
    ['/api/2.2/jobs/get?job_id=987654', '987654'],
    ['/api/2.0/preview/scim/v2/Users/nobody', 'nobody'],
  ])('%s is answered 404 with the missing name', async (path, name) => {
    expect(await refusal('GET', path)).toMatch(new RegExp(`^404 .*${name}`))
  })

  test.each([
    '..',
    '%2e%2e',
    '%252e%252e',
    '..%2f..',
    '%2e%2e%2f%2e%2e',
    '..%5c..',
    '.%2e',
    '%c0%ae%c0%ae',
    '%00',
  ])('an artifact path with %s is rejected', async (climb) => {
    for (const method of ['PUT', 'GET', 'DELETE']) {
      const path = `${ARTIFACTS}/0/${climb}/${climb}/${climb}/climbed.txt`
      const { status, text } = await sendRaw(server.url, method, path, method === 'PUT' ? 'x' : undefined)
      expect([status, text], `${method} ${path}`).toEqual([
        expect.toSatisfy(isClientError),
        expect.anything(),
      ])
    }
    for (const path of ['mlflow-artifacts/artifacts', 'mlflow/artifacts/list']) {
      const query = `run_id=${run_id}&path=${climb}/${climb}/etc`
      const { status, text } = await sendRaw(server.url, 'GET', `/api/2.0/${path}?${query}`)
      expect(text).not.toContain('passwd')
      expect(isClientError(status) || !text.includes('"path"')).toBe(true)
    }
  })

  test('rejects ten megabytes of nested brackets', async () => {
    const body = '['.repeat(5_000_000) + ']'.repeat(5_000_000)
    expect(await refusal('POST', `${RUNS}/create`, { body, headers: JSON_TYPE })).toMatch(/^4(00|13) /)
    const deep = `{"run_id":"${run_id}","tags":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(await refusal('POST', `${RUNS}/log-batch`, { body: deep, headers: JSON_TYPE })).toMatch(
      /^400 .*nested deeper than/,
    )
    expect((await send(server.url, 'GET', '/health')).text).toBe('OK')
  })

  test('rejects a body above the size limit', async () => {
    const body = `{"run_id":"${'x'.repeat(40 * 1024 * 1024)}"}`
    expect(await refusal('POST', `${RUNS}/create`, { body, headers: JSON_TYPE })).toMatch(
      /^413 .*PAYLOAD_TOO_LARGE/,
    )
  })
})

const isClientError = (status: number) => status >= 400 && status < 500

describe('a malformed data set is rejected, and none of it becomes visible', () => {
  let server: Server
  let folder: string
  beforeAll(async () => {
    server = await startServer()
    folder = await mkdtemp(join(tmpdir(), 'cairn-data-'))
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const csv = async (name: string, ratings: string) => {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'ratings.csv'), ratings)
    await writeFile(join(folder, name, 'movies.csv'), 'movieId,title,genres\n1,Toy Story (1995),Comedy\n')
  }
  const shipped = join(root, 'examples/data/ml-latest-small.zip')

  test.each<[string, string, () => Promise<void>, RegExp]>([
    [
      'a truncated zip',
      'cut.zip',
      async () => writeFile(join(folder, 'cut.zip'), (await readFile(shipped)).subarray(0, 500_000)),
      /cut\.zip is not a complete zip archive/,
    ],
    [
      'a CSV with missing columns',
      'narrow',
      () => csv('narrow', 'userId,movieId,timestamp\n1,2,3\n'),
      /ratings\.csv has no column 'rating'/,
    ],
    [
      'a CSV whose rows do not parse',
      'garbled',
      () => csv('garbled', `userId,movieId,rating,timestamp\n${'1,one,good,yesterday\n'.repeat(50)}`),
      /ratings\.csv.*50|50.*ratings\.csv/s,
    ],
    [
      'an empty folder',
      'empty',
      async () => void (await mkdir(join(folder, 'empty'))),
      /no MovieLens ratings/,
    ],
    ['a path that does not exist', 'nowhere.zip', async () => {}, /nowhere\.zip' does not exist/],
  ])('%s', async (_what, name, make, expected) => {
    await make()
    const { code, stderr } = await runCli(server.url, ['data', 'import', 'movielens', join(folder, name)])
    expect([code, stderr]).toEqual([10, expect.stringMatching(expected)])
    const query = { catalog_name: 'main', schema_name: 'movielens' }
    const tables = await send(server.url, 'GET', '/api/2.1/unity-catalog/tables', { query })
    expect(tables.text).not.toContain('ratings')
    expect((await send(server.url, 'GET', '/health')).text).toBe('OK')
  })
})

describe('every field of every operation with hostile values', () => {
  // fuzz.long.test.ts sends requests to a server on PostgreSQL
  for (const { name, absent, args } of databases)
    test.skipIf(absent || (name === 'PostgreSQL' && !isExhaustive))(
      `no response is a 5xx, each error has a code and a message, and the server stays up, on ${name}`,
      async () => {
        await using server = await startServer({ args: await args() })
        const done = await sendHostileValues(server.url, await createObjects(server.url), new Random(SEED), {
          budget: BUDGET,
        })
        console.log(
          `seed ${SEED}: ${done.responses.requests} requests to ${done.operations} operations, ${done.responses.summary}`,
        )
        expect(done.responses.faults).toEqual([])
        expect(done.responses.requests).toBeGreaterThan(BUDGET / 2)
        expect((await send(server.url, 'GET', '/health')).text).toBe('OK')
        await api(server.url).get('/api/2.0/mlflow/experiments/get', { experiment_id: '0' })
      },
      120_000 + BUDGET * 300,
    )
})

const mayMount = canMountDisks()
if (!mayMount) console.log('- Full disk suite skipped: run as a user who may mount a tmpfs')

describe.skipIf(!mayMount)('a full disk', () => {
  let disk: ReturnType<typeof mountSmallDisk>
  beforeAll(() => {
    disk = mountSmallDisk(48)
  })
  afterAll(() => disk?.unmount())

  let server: Server
  let run: { run_id: string; artifact_uri: string }
  beforeEach(async () => {
    server = await startServer({ folder: disk!.folder })
    const created = await api(server.url).post<{ run: { info: typeof run } }>(`${RUNS}/create`)
    run = created.run.info
    return () => server.stop()
  })

  test('rejects writes with 507, keeps earlier ones, and accepts new ones when space is free', async () => {
    const path = (name: string) => `${ARTIFACTS}${run.artifact_uri.replace('mlflow-artifacts:', '')}/${name}`
    const put = (name: string, megabytes: number) =>
      send(server.url, 'PUT', path(name), { body: Buffer.alloc(megabytes * 1024 * 1024, name) })
    const tag = (value: string) =>
      send(server.url, 'POST', `${RUNS}/set-tag`, { body: { run_id: run.run_id, key: 'note', value } })

    expect((await put('fits', 8)).status).toBe(200)
    const refused = await put('too large', 60)
    expect([refused.status, refused.text]).toEqual([507, expect.stringContaining('INSUFFICIENT_STORAGE')])
    expect((await send(server.url, 'GET', path('too%20large'))).status).toBe(404)

    for (let size = 16; size >= 1; size /= 2)
      while ((await put(`filler ${size} ${Math.random()}`, size)).status === 200);
    const answers: number[] = []
    for (let i = 0; i < 400 && answers.at(-1) !== 507; i++)
      answers.push((await tag('x'.repeat(5000) + i)).status)
    expect(new Set(answers)).toEqual(new Set([200, 507]))
    expect((await send(server.url, 'GET', '/health')).text).toBe('OK')
    const ready = await send(server.url, 'GET', '/ready')
    expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('MB left; 50 MB are needed')])
    const read = await send(server.url, 'GET', `${RUNS}/get`, { query: { run_id: run.run_id } })
    expect(read.text).toContain(`x${answers.length - 2}`)

    expect((await send(server.url, 'DELETE', path('fits'))).status).toBe(200)
    expect((await tag('there is room again')).status).toBe(200)
    expect((await put('fits again', 4)).status).toBe(200)
  })
})
