import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { send } from './harness/api.js'
import { runCli } from './harness/cli.js'
import { effort, isExhaustive, isLong } from './harness/effort.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { runProcess } from './harness/run-process.js'
import { cairn, MLFLOW_ONLY, type Server, startServer } from './harness/server.js'

const TIMEOUT_MS = 300_000
const MLFLOW = '/api/2.0/mlflow'
const POINTS = 12_000
const WRITE_EVERY_MS = 20
const BACKUPS = effort(1, 1, 3)
const FORMATS = ['folder', ...(isLong ? ['runs.parquet'] : []), ...(isExhaustive ? ['runs.jsonl'] : [])]

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-bulk-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function post<T>(url: string, path: string, body: object): Promise<T> {
  const answer = await send(url, 'POST', MLFLOW + path, { body })
  expect(answer.status, answer.text).toBe(200)
  return answer.json<T>()
}

interface RunAnswer {
  readonly run: { readonly info: Record<string, unknown>; readonly data: object; readonly inputs: object }
}

/** Creates a run with a long history, NaN and infinities, an input and an artifact. @returns its id */
async function createRun({ url }: Server, experiment_id: string): Promise<string> {
  const { run } = await post<{ run: { info: { run_id: string } } }>(url, '/runs/create', {
    experiment_id,
    user_id: 'ann',
    start_time: 1_000,
  })
  const { run_id } = run.info
  for (let first = 0; first < POINTS; first += 1000)
    await post(url, '/runs/log-batch', {
      run_id,
      metrics: Array.from({ length: 1000 }, (_, i) => ({
        key: 'loss',
        value: 1 / (first + i + 1),
        timestamp: first + i,
        step: first + i,
      })),
    })
  await post(url, '/runs/log-batch', {
    run_id,
    metrics: [{ key: 'a/b', value: 'NaN', timestamp: 5, step: 1 }],
    params: [{ key: 'lr', value: '0.1\n"ü"' }],
    tags: [{ key: 'note', value: 'x'.repeat(4_000) }],
  })
  const dataset = { name: 'd', digest: '1', source_type: 'local', source: '{}' }
  await post(url, '/runs/log-inputs', { run_id, datasets: [{ dataset, tags: [] }] })
  const file = `${experiment_id}/${run_id}/artifacts/sub/a b.txt`.split('/').map(encodeURIComponent).join('/')
  const put = await send(url, 'PUT', `/api/2.0/mlflow-artifacts/artifacts/${file}`, { body: 'hello' })
  expect(put.status).toBe(200)
  await post(url, '/runs/update', { run_id, status: 'FINISHED', end_time: 2_000 })
  return run_id
}

const COMMENTS = '/api/cairn/v1/run-comments'

interface Comments {
  readonly comments: readonly { readonly body: string }[]
}

/** The digest of a run that the server computes, and the run and the comments that it returns. */
async function whole({ url }: Server, run_id: string) {
  const digests = await send(url, 'POST', '/api/cairn/v1/runs/digests', { body: { run_ids: [run_id] } })
  const { run } = (await send(url, 'GET', `${MLFLOW}/runs/get`, { query: { run_id } })).json<RunAnswer>()
  const { experiment_id: _, artifact_uri: __, ...info } = run.info
  const comments = (await send(url, 'GET', COMMENTS, { query: { run_id } })).json<Comments>().comments
  const unowned = comments.map((comment) => ({ ...comment, own: false }))
  return { digests: digests.json(), info, data: run.data, inputs: run.inputs, comments: unowned }
}

describe('runs that are exported', () => {
  let source: Server
  let run_id: string
  beforeAll(async () => {
    source = await startServer({ args: MLFLOW_ONLY })
    const { experiment_id } = await post<{ experiment_id: string }>(source.url, '/experiments/create', {
      name: '/bulk',
    })
    run_id = await createRun(source, experiment_id)
    await send(source.url, 'POST', COMMENTS, { body: { run_id, body: 'Is **this** off?' } })
  })
  afterAll(() => source?.[Symbol.asyncDispose]())

  test.each(FORMATS)(
    'as %s are equal after the import, also when imported twice',
    { timeout: TIMEOUT_MS },
    async (name) => {
      const out = join(folder, name)
      await using target = await startServer({ args: MLFLOW_ONLY })
      const exported = await runCli(source.url, ['runs', 'export', '-e', '/bulk', '--out', out])
      expect(exported.code, exported.stderr).toBe(0)
      for (let time = 0; time < 2; time++) {
        const imported = await runCli(target.url, ['runs', 'import', out])
        expect(imported.code, imported.stderr).toBe(0)
        expect(imported.stdout).toMatch(new RegExp(`^points +${POINTS + 1}$`, 'm'))
        const stored = await whole(target, run_id)
        const { comments, ...rest } = await whole(source, run_id)
        expect(stored).toEqual({
          ...rest,
          comments: comments.map((comment) => ({ ...comment, imported_by: 'owner' })),
        })
        expect(comments).toMatchObject([{ body: 'Is **this** off?', author: 'owner' }])
      }
      const query = { run_id, path: 'sub/a b.txt' }
      const file = await send(target.url, 'GET', '/get-artifact', { query })
      expect(file.status === 200 ? file.text : 'none').toBe(name === 'folder' ? 'hello' : 'none')
      const copied = await runCli(target.url, ['runs', 'import', out, '-e', '/copies'])
      expect(copied.code, copied.stderr).toBe(0)
      const { runs } = await post<{ runs: { data: { tags: object[] } }[] }>(target.url, '/runs/search', {
        experiment_ids: ['2'],
      })
      expect(runs[0]!.data.tags).toContainEqual({ key: 'cairn.import.run_id', value: run_id })
    },
  )

  test('are reported as missing when a file of JSON lines was changed or truncated, and imported when not', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const out = join(folder, 'runs.jsonl')
    expect((await runCli(source.url, ['runs', 'export', '-e', '/bulk', '--out', out])).code).toBe(0)
    const text = readFileSync(out, 'utf8')
    await using target = await startServer({ args: MLFLOW_ONLY })
    writeFileSync(out, text.slice(0, -100))
    const cut = await runCli(target.url, ['runs', 'import', out])
    expect([cut.code, cut.stderr]).toEqual([2, expect.stringMatching(/not a record|incomplete/)])
    for (const [was, is, args] of [
      ['"value":0.5,', '"value":0.51,', []],
      ['"status":"FINISHED"', '"status":"FAILED"', ['-e', '/copies']],
    ] as const) {
      expect(text).toContain(was)
      writeFileSync(out, text.replace(was, is))
      const changed = await runCli(target.url, ['runs', 'import', out, ...args])
      expect([changed.code, changed.stderr]).toEqual([
        1,
        expect.stringContaining('changed in the file after the export'),
      ])
    }
    writeFileSync(out, text)
    const whole = await runCli(target.url, ['runs', 'import', out, '-e', '/whole'])
    expect([whole.code, whole.stderr]).toEqual([0, ''])
    expect(whole.stdout).toMatch(new RegExp(`^points +${POINTS + 1}$`, 'm'))
    const table = await runCli(source.url, [
      'runs',
      'export',
      '-e',
      '/bulk',
      '--out',
      join(folder, 'runs.csv'),
    ])
    expect([table.code, table.stderr]).toEqual([2, expect.stringContaining('.parquet')])
    writeFileSync(out, '{"kind":"run"}\n')
    expect((await runCli(target.url, ['runs', 'import', out])).code).toBe(2)
    expect((await runCli(target.url, ['runs', 'import', join(folder, 'none')])).code).toBe(3)
  })
})

describe('a backup taken while eight clients write', () => {
  const kinds: [string, readonly string[], boolean][] = [
    ['SQLite', [], false],
    ['SQLite, portable', ['--portable'], false],
    ['PostgreSQL', [], true],
  ]
  for (const [name, flags, onPostgres] of kinds)
    test.skipIf(onPostgres ? !postgres : flags.length > 0 && !isExhaustive)(
      `of ${name} contains every write acknowledged before`,
      { timeout: TIMEOUT_MS },
      async () => {
        const database = onPostgres ? ['--database-url', await freshPostgres()] : []
        await using server = await startServer({ args: database })
        const acknowledged: string[] = []
        let writing = true
        const writers = Array.from({ length: 8 }, async () => {
          while (writing) {
            const { run } = await post<{ run: { info: { run_id: string } } }>(server.url, '/runs/create', {
              experiment_id: '0',
              tags: [{ key: 'whole', value: 'yes' }],
            })
            acknowledged.push(run.info.run_id)
            await sleep(WRITE_EVERY_MS)
          }
        })
        const restored: [string, number][] = []
        try {
          for (let round = 0; round < BACKUPS; round++) {
            const before = acknowledged.length
            const out = join(folder, `backup-${round}`)
            const made = await runProcess(process.execPath, [
              cairn,
              'db',
              'backup',
              out,
              ...flags,
              '--data',
              server.folder,
              ...database,
            ])
            expect(made.code, made.stderr).toBe(0)
            restored.push([out, before])
          }
        } finally {
          writing = false
          await Promise.all(writers)
        }
        for (const [out, before] of restored) {
          const data = `${out}-data`
          const back = await runProcess(process.execPath, [cairn, 'db', 'restore', out, '--data', data])
          expect(back.code, back.stderr).toBe(0)
          await using again = await startServer({ folder: data })
          const found = await allRuns(again.url)
          expect(acknowledged.slice(0, before).filter((id) => !found.has(id))).toEqual([])
          expect([...found.values()].every((tags) => tags.includes('whole'))).toBe(true)
        }
      },
    )
})

/** Run ids with the keys of their tags. */
async function allRuns(url: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  for (let page_token: string | undefined; ; ) {
    const page: {
      runs?: { info: { run_id: string }; data: { tags: { key: string }[] } }[]
      next_page_token?: string
    } = await post(url, '/runs/search', {
      experiment_ids: ['0'],
      max_results: 5000,
      ...(page_token && { page_token }),
    })
    for (const { info, data } of page.runs ?? [])
      found.set(
        info.run_id,
        data.tags.map(({ key }) => key),
      )
    page_token = page.next_page_token
    if (!page_token) return found
  }
}
