import { cpSync, readdirSync, renameSync, statSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { isExhaustive, isLong } from './harness/effort.js'
import { freshFolder } from './harness/folder.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { runProcess } from './harness/run-process.js'
import { cairn, MLFLOW_ONLY, type Server, startServer } from './harness/server.js'
import { SMALL_MOVIES, serveSmallMovies } from './harness/small-movies.js'
import { ownersToken, tokenOf } from './harness/tokens.js'
import { until } from './harness/until.js'

const QUERY = { dataframe_records: [{ user_id: 1, k: 3 }] }
const ENDPOINT = '/api/2.0/serving-endpoints/movies'
const script = (name: string) => join(root, 'acceptance/clients', name)

const modeOf = (path: string) => statSync(path).mode & 0o777
/** The entries of a folder, at any depth, that others than its owner may use. */
const exposed = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => (modeOf(join(folder, path)) & 0o077) !== 0)
    .map((path) => `${path} ${modeOf(join(folder, path)).toString(8)}`)

test('a data folder of an earlier release is closed to others at the start, with a note', async () => {
  const folder = join(await freshFolder(), 'data')
  await mkdir(join(folder, 'artifacts'), { recursive: true, mode: 0o755 })
  await writeFile(join(folder, 'cairn.db'), '', { mode: 0o644 })
  await chmod(folder, 0o755)
  for (const notes of [1, 0]) {
    await using server = await startServer({ folder, args: MLFLOW_ONLY, umask: '000' })
    expect(modeOf(folder)).toBe(0o700)
    expect([modeOf(join(folder, 'cairn.db')), modeOf(join(folder, 'artifacts'))]).toEqual([0o600, 0o700])
    await server.stop()
    expect(`${server.stdout()}${server.stderr()}`.match(/was open to other users/g) ?? []).toHaveLength(notes)
  }
})

test('an artifact root in the data folder moves with it', async () => {
  const parent = await freshFolder()
  const [first, second] = [join(parent, 'first'), join(parent, 'second')]
  await mkdir(first)
  const start = (folder: string) =>
    startServer({ folder, args: [...MLFLOW_ONLY, '--default-artifact-root', join(folder, 'runs')] })
  const info = async (server: Server, run_id: string) =>
    (await api(server.url).get<{ run: Run }>('/api/2.0/mlflow/runs/get', { run_id })).run.info
  const before = await start(first)
  const { run } = await api(before.url).post<{ run: Run }>('/api/2.0/mlflow/runs/create', {
    experiment_id: '0',
  })
  const { run_id, artifact_uri } = run.info
  expect(artifact_uri.startsWith(join(first, 'runs'))).toBe(true)
  await mkdir(artifact_uri, { recursive: true })
  await writeFile(join(artifact_uri, 'a.txt'), 'kept')
  await before.stop()
  renameSync(first, second)
  await using server = await start(second)
  expect((await info(server, run_id)).artifact_uri).toBe(artifact_uri.replace(first, second))
  const read = await send(server.url, 'GET', '/get-artifact', { query: { run_uuid: run_id, path: 'a.txt' } })
  expect([read.status, read.text]).toEqual([200, 'kept'])
})

interface Run {
  readonly info: { readonly run_id: string; readonly artifact_uri: string }
}

describe.runIf(isLong)('a data folder with trained movies', () => {
  let folder: string
  let server: Server
  let run: string
  beforeAll(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'cairn-acceptance-')), 'first')
    await mkdir(folder)
    server = await startServer({ folder, umask: '000', env: SMALL_MOVIES })
    await serveSmallMovies(server.url)
    const { post, put } = api(server.url)
    const created = await post<{ run: Run }>('/api/2.0/mlflow/runs/create', { experiment_id: '0' })
    const { artifact_uri } = created.run.info
    run = created.run.info.run_id
    const path = artifact_uri.replace('mlflow-artifacts:/', '')
    const uploaded = await send(
      server.url,
      'PUT',
      `/api/2.0/mlflow-artifacts/artifacts/${path}/notes/a.txt`,
      {
        body: 'kept',
      },
    )
    expect(uploaded.status).toBe(200)
    const table = { catalog_name: 'main', schema_name: 'movielens', table_name_prefix: 'log', enabled: true }
    await put(`${ENDPOINT}/ai-gateway`, { inference_table_config: table })
  })
  afterAll(async () => {
    await server?.stop()
    if (folder) await rm(join(folder, '..'), { recursive: true, force: true })
  })

  const capturedRows = async () => {
    const path = '/api/cairn/v1/tables/main.movielens.log_payload/rows'
    return (await send(server.url, 'GET', path)).json<{ rows?: unknown[] }>().rows?.length ?? 0
  }
  const query = () => send(server.url, 'POST', '/serving-endpoints/movies/invocations', { body: QUERY })

  /** Expects that every reader finds its files in the current folder. */
  async function expectReaders(captured: number, { inPython = true } = {}) {
    await until('the model is served', async () => (await query()).status === 200)
    await until('the query is in the inference table', async () => (await capturedRows()) >= captured)
    const { total_rows, rows } = await api(server.url).get<{ total_rows: number; rows: unknown[] }>(
      '/api/cairn/v1/tables/main.movielens.ratings/rows',
    )
    expect([total_rows > 0, rows.length > 0]).toEqual([true, true])
    if (!python || !inPython) return
    const env = {
      CAIRN_URL: server.url,
      CAIRN_RUN: run,
      CAIRN_TOKEN: await ownersToken(server.url),
      CAIRN_READER_TOKEN: await tokenOf(server.url, 'trainer'),
      CAIRN_STRANGER_TOKEN: await tokenOf(server.url, 'movies-web'),
    }
    expect((await runPython(script('moved_folder.py'), { env })).match(/^ok /gm)).toHaveLength(4)
    expect((await runPython(script('polars_reader.py'), { env })).match(/^ok /gm)).toHaveLength(13)
    const info = await api(server.url).get<{ storage_location: string; table_id: string }>(
      '/api/2.1/unity-catalog/tables/main.movielens.ratings',
    )
    expect(info.storage_location).toBe(`file://${server.folder}/artifacts/tables/${info.table_id}`)
  }

  test('has no entry that others may use, with any umask', async () => {
    expect((await query()).status).toBe(200)
    await until('the query is in the inference table', async () => (await capturedRows()) >= 1)
    expect(modeOf(folder)).toBe(0o700)
    expect(exposed(folder)).toEqual([])
  })

  test.skipIf(!python)(
    'lets polars and deltalake read and write tables through the S3 gateway only',
    async () => {
      const env = {
        ...{ CAIRN_URL: server.url, CAIRN_SCHEMA: 'main.movielens', CAIRN_READER: 'trainer' },
        CAIRN_WRITER_TOKEN: await tokenOf(server.url, 'importer'),
        CAIRN_READER_TOKEN: await tokenOf(server.url, 'trainer'),
      }
      expect((await runPython(script('gateway_tables.py'), { env })).match(/^ok /gm)).toHaveLength(14)
    },
  )

  test('works after it was moved, copied, or restored elsewhere from a backup', async () => {
    await expectReaders(1, { inPython: isExhaustive })
    const restart = async (next: string) => {
      server = await startServer({ folder: next })
      folder = next
    }
    const place = (name: string) => join(folder, '..', name)
    const backup = place('backup')
    const backedUp = ['db', 'backup', backup, '--with-artifacts', '--data', folder]
    const moved = place('moved')
    await cli(...backedUp)
    await server.stop()
    renameSync(folder, moved)
    await restart(moved)
    await expectReaders(2)
    await server.stop()
    const copied = place('copied')
    cpSync(moved, copied, { recursive: true })
    await rm(moved, { recursive: true })
    await restart(copied)
    await expectReaders(3, { inPython: isExhaustive })
    await server.stop()
    await rm(copied, { recursive: true })
    const restored = place('restored')
    await cli('db', 'restore', backup, '--data', restored)
    await restart(restored)
    await expectReaders(2)
    expect((await stat(backup)).mode & 0o077).toBe(0)
  })
})

async function cli(...args: string[]) {
  const { code, stderr } = await runProcess(process.execPath, [cairn, ...args])
  expect([code, stderr]).toEqual([0, expect.any(String)])
}
