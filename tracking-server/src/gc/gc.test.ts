import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { DiskBlobs } from '@cairn/platform/blobs/disk'
import { handle } from '@cairn/platform/http/handle'
import { GARBAGE_KINDS, type GarbageItem, type GarbageKind } from '@cairn/platform/protocol/cairn/garbage'
import { ListVersionLocations } from '@cairn/platform/protocol/cairn/version-locations'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { tracking } from '../plugin.js'
import { TRACE_TABLES } from '../traces/delete.js'
import { EXPERIMENT_TABLES, MODEL_TABLES, RUN_TABLES } from './purge.js'

const DAY = 86_400
/** Longer than the day for which unfinished uploads are kept. */
const OLD_DAYS = 31

describe.each(databases)('garbage collection on %s', (_name, database) => {
  let served: TestApp
  let now: number
  /** Locations of the model versions in the registry, which is another service. */
  let sources: string[]
  beforeEach(async () => {
    now = Date.now()
    sources = []
    served = await testApp(
      async (app, context) => {
        await app.register(tracking, { context })
        handle(app, ListVersionLocations, async ({ after = 0 }) => ({
          locations: sources
            .map((location, i) => ({ name: 'm', version: String(i + 1), location, position: i + 1 }))
            .slice(after),
        }))
      },
      { database, now: () => now },
    )
  })
  afterEach(() => served.close())

  const call = async (path: string, payload: object, method: 'POST' | 'DELETE' = 'POST') => {
    const url = path.startsWith('/') ? path : `/api/2.0/mlflow/${path}`
    const response = await served.app.inject({ method, url, payload })
    return { status: response.statusCode, body: response.json() }
  }
  const page = (kind: GarbageKind, days: number, apply: boolean, page_token?: string) =>
    call('/api/cairn/v1/gc', {
      kind,
      older_than_seconds: days * DAY,
      apply,
      ...(page_token && { page_token }),
    })
  const collect = async (days: number, apply: boolean): Promise<GarbageItem[]> => {
    const found: GarbageItem[] = []
    for (const kind of GARBAGE_KINDS) {
      let token: string | undefined
      do {
        const { status, body } = await page(kind, days, apply, token)
        expect([status, body.message]).toEqual([200, undefined])
        found.push(...body.items)
        token = body.next_page_token
      } while (token)
    }
    return found
  }
  const aRun = async (experiment_id = '0') => {
    const { run } = (await call('runs/create', { experiment_id, start_time: 1 })).body
    return run.info.run_id as string
  }
  const root = () => (served.context.blobs as DiskBlobs).root
  const put = async (path: string, days = 0) => {
    await served.context.blobs.put(path, Buffer.from('12345'))
    const seconds = now / 1000 - days * DAY
    utimesSync(join(root(), path), seconds, seconds)
  }
  const files = async () => {
    const found: string[] = []
    for await (const { key } of served.context.blobs.walk('')) found.push(key)
    return found
  }
  const exists = async (run_id: string) =>
    (await served.app.inject(`/api/2.0/mlflow/runs/get?run_id=${run_id}`)).statusCode === 200

  test('removes an expired run with its files, but not in a dry run', async () => {
    const [keptItems, gone] = [await aRun(), await aRun()]
    for (const run_id of [keptItems, gone]) {
      const metrics = [{ key: 'loss', value: 1, timestamp: 1, step: 0 }]
      await call('runs/log-batch', { run_id, metrics, params: [{ key: 'p', value: '1' }] })
      await put(`0/${run_id}/artifacts/model/a`)
      await put(`0/${run_id}/artifacts/b`)
    }
    await call('runs/delete', { run_id: gone })
    expect(await collect(30, true)).toEqual([])
    now += OLD_DAYS * DAY * 1000
    const item = { kind: 'run', id: gone, files: 2, bytes: 10 }
    expect(await collect(30, false)).toMatchObject([item])
    expect(await exists(gone)).toBe(true)
    expect(await collect(30, true)).toMatchObject([item])
    expect([await exists(gone), await exists(keptItems)]).toEqual([false, true])
    expect(await collect(30, true)).toEqual([])
    expect(await files()).toEqual([`0/${keptItems}/artifacts/b`, `0/${keptItems}/artifacts/model/a`])
    const left = await served.context.db
      .for<{ params: { run_id: string } }>()
      .read.selectFrom('params')
      .select('run_id')
      .execute()
    expect(left).toEqual([{ run_id: keptItems }])
  })

  test('keeps restored runs and runs whose files a model version uses', async () => {
    const [restored, direct, copied] = [await aRun(), await aRun(), await aRun()]
    for (const run_id of [restored, direct, copied]) {
      await put(`0/${run_id}/artifacts/model/a`)
      await call('runs/delete', { run_id })
    }
    now += OLD_DAYS * DAY * 1000
    await call('runs/restore', { run_id: restored })
    sources = [`mlflow-artifacts:/0/${direct}/artifacts`, `mlflow-artifacts:/0/${copied}/artifacts/model`]
    const found = await collect(0, true)
    expect(new Map(found.map(({ id, kept: keptItems }) => [id, keptItems]))).toEqual(
      new Map([
        [direct, 'models:/m/1 uses its files'],
        [copied, 'models:/m/2 uses its files'],
      ]),
    )
    expect(await files()).toHaveLength(3)
  })

  test('keeps files however the model version refers to them', async () => {
    const ids = [await aRun(), await aRun(), await aRun(), await aRun(), await aRun()]
    for (const run_id of ids) {
      await put(`0/${run_id}/artifacts/model/a`)
      await call('runs/delete', { run_id })
    }
    now += OLD_DAYS * DAY * 1000
    const inside = (i: number) => `0/${ids[i]}/artifacts/model`
    sources = [
      `runs:/${ids[0]}/model`,
      `file://${root()}/${inside(1)}`,
      join(root(), inside(2)),
      `mlflow-artifacts://server:5000/${inside(3)}`,
      `http://server/api/2.0/mlflow-artifacts/artifacts/${inside(4)}`,
    ]
    const found = new Map((await collect(30, true)).map(({ id, kept: keptItems }) => [id, keptItems]))
    expect(found).toEqual(new Map(ids.map((id, i) => [id, `models:/m/${i + 1} uses its files`])))
    expect(await files()).toHaveLength(5)
  })

  test('keeps files of runs, models and experiments that were imported with their location', async () => {
    const { experiment_id } = (await call('experiments/create', { name: 'other' })).body
    const ids = [await aRun(), await aRun(), await aRun()]
    const at = (i: number) => `mlflow-artifacts:/0/${ids[i]}/artifacts`
    const input = { run_id: ids[0], experiment_id, status: 'FINISHED', start_time: 2, artifact_uri: at(0) }
    const copy = (await call('/api/cairn/v1/import/runs', input)).body.run_id
    const model_id = `m-${'a'.repeat(32)}`
    const times = { creation_timestamp_ms: 1, last_updated_timestamp_ms: 1, status: 'LOGGED_MODEL_READY' }
    const model = { model_id, experiment_id, name: 'm', artifact_uri: `${at(1)}/model`, ...times }
    await call('/api/cairn/v1/import/logged-models', model)
    const nested = { name: 'nested', artifact_location: `${at(2)}/more` }
    const inner = (await call('experiments/create', nested)).body.experiment_id
    for (const run_id of ids) {
      await put(`0/${run_id}/artifacts/model/a`)
      await call('runs/delete', { run_id })
    }
    now += OLD_DAYS * DAY * 1000
    const found = (await collect(30, true)).map(({ id, kept: keptItems }) => [id, keptItems] as const)
    expect(new Map(found)).toEqual(
      new Map([
        [ids[0], `run ${copy} uses its files`],
        [ids[1], `logged model ${model_id} uses its files`],
        [ids[2], `experiment ${inner} uses its files`],
      ]),
    )
    expect(await files()).toHaveLength(3)
  })

  test('removes an expired experiment with its runs, models and traces, and frees its name', async () => {
    const { experiment_id } = (await call('experiments/create', { name: 'doomed' })).body
    const run_id = await aRun(experiment_id)
    const { model } = (await call('logged-models', { experiment_id, name: 'lm' })).body
    const trace = { trace_id: `tr-${'a'.repeat(32)}`, state: 'OK', request_time: '2026-01-01T00:00:00Z' }
    const trace_location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } }
    await call('/api/3.0/mlflow/traces', { trace: { trace_info: { ...trace, trace_location } } })
    await put(`${experiment_id}/${run_id}/artifacts/a`)
    await put(`${experiment_id}/models/${model.info.model_id}/artifacts/MLmodel`)
    await put(`${experiment_id}/traces/${trace.trace_id}/artifacts/attachments/x`)
    await call('experiments/delete', { experiment_id })
    now += OLD_DAYS * DAY * 1000
    const kinds = ['run', 'logged_model', 'trace', 'experiment']
    expect((await collect(30, false)).map(({ kind }) => kind)).toEqual(kinds)
    expect((await collect(30, true)).map(({ kind, kept: keptItems }) => [kind, keptItems])).toEqual(
      kinds.map((kind) => [kind, undefined]),
    )
    expect(await files()).toEqual([])
    expect((await call('experiments/create', { name: 'doomed' })).status).toBe(200)
  })

  test('removes a model on its own; a run that is kept keeps its experiment', async () => {
    const { experiment_id } = (await call('experiments/create', { name: 'held' })).body
    const run_id = await aRun(experiment_id)
    await put(`${experiment_id}/${run_id}/artifacts/a`)
    const { model } = (await call('logged-models', { experiment_id: '0', name: 'lm' })).body
    await call(`logged-models/${model.info.model_id}`, {}, 'DELETE')
    await call('experiments/delete', { experiment_id })
    now += OLD_DAYS * DAY * 1000
    sources = [`mlflow-artifacts:/${experiment_id}/${run_id}/artifacts/a`]
    expect((await collect(30, true)).map(({ kind, kept: keptItems }) => [kind, keptItems])).toEqual([
      ['run', 'models:/m/1 uses its files'],
      ['logged_model', undefined],
      ['experiment', '1 of its runs, models and traces are kept'],
    ])
  })

  test('keeps the experiment of a trace that is kept', async () => {
    const artifact_location = 's3://elsewhere/x'
    const { experiment_id } = (await call('experiments/create', { name: 'far', artifact_location })).body
    const trace_id = `tr-${'a'.repeat(32)}`
    const trace_info = { trace_id, trace_location: { mlflow_experiment: { experiment_id } } }
    await call('/api/3.0/mlflow/traces', { trace: { trace_info } })
    await call('experiments/delete', { experiment_id })
    now += OLD_DAYS * DAY * 1000
    expect((await collect(30, true)).map(({ kind, kept: keptItems }) => [kind, keptItems])).toEqual([
      ['trace', expect.stringContaining('this server has no access to its location')],
      ['experiment', '1 of its runs, models and traces are kept'],
    ])
    const get = {
      method: 'GET',
      url: `/api/2.0/mlflow/experiments/get?experiment_id=${experiment_id}`,
    } as const
    expect((await served.app.inject(get)).statusCode).toBe(200)
  })

  test.each([
    ['with a host', (path: string) => `mlflow-artifacts://localhost:5000/${path}`],
    ['as a URL', (path: string) => `http://localhost:5000/api/2.0/mlflow-artifacts/artifacts/${path}`],
    ['with more slashes', (path: string) => `mlflow-artifacts:/${path.replaceAll('/', '//')}`],
  ])('keeps files of a model version whose source is written %s', async (_case, spell) => {
    const run_id = await aRun()
    const nobody = 'f'.repeat(32)
    await put(`0/${run_id}/artifacts/model/a`)
    await put(`0/${nobody}/artifacts/model/a`, OLD_DAYS)
    await call('runs/delete', { run_id })
    now += OLD_DAYS * DAY * 1000
    sources = [run_id, nobody].map((id) => spell(`0/${id}/artifacts/model`))
    expect((await collect(30, true)).map(({ kind, kept: keptItems }) => [kind, keptItems])).toEqual([
      ['run', 'models:/m/1 uses its files'],
      ['orphan', 'models:/m/2 uses its files'],
    ])
  })

  test('keeps a run inside of the folder of a model version', async () => {
    const run_id = await aRun()
    await put(`0/${run_id}/artifacts/a`)
    await call('runs/delete', { run_id })
    now += OLD_DAYS * DAY * 1000
    sources = [`mlflow-artifacts:/0/${run_id}`]
    expect((await collect(30, true)).map(({ kept: keptItems }) => keptItems)).toEqual([
      'models:/m/1 uses its files',
    ])
  })

  test('removes old orphans, and keeps files in other folders', async () => {
    const run_id = await aRun()
    const nobody = 'f'.repeat(32)
    const young = 'e'.repeat(32)
    await put(`0/${run_id}/artifacts/a`, OLD_DAYS)
    await put(`0/${nobody}/artifacts/a`, OLD_DAYS)
    await put(`0/${young}/artifacts/old`, OLD_DAYS)
    await put(`0/${young}/artifacts/new`)
    await put(`7/models/m-${nobody}/artifacts/a`, OLD_DAYS)
    await put(`7/traces/tr-${nobody}/artifacts/a`, OLD_DAYS)
    for (const other of ['own/a', '0/a', `other/${nobody}/a`, 'tables/t/part', `0/${nobody}x/a`])
      await put(other, OLD_DAYS)
    const orphans = [`0/${nobody}`, `7/models/m-${nobody}`, `7/traces/tr-${nobody}`]
    expect((await collect(30, false)).map(({ id }) => id)).toEqual(orphans)
    sources = [`mlflow-artifacts:/7/models/m-${nobody}/artifacts`]
    expect((await collect(30, true)).map(({ id, kept: keptItems }) => [id, keptItems])).toEqual([
      [orphans[0], undefined],
      [orphans[1], 'models:/m/1 uses its files'],
      [orphans[2], undefined],
    ])
    expect(await files()).toHaveLength(9)
  })

  test('removes old unfinished uploads', async () => {
    const { multipart } = served.context.blobs
    const [old, young] = [await multipart!.create('1/a'), await multipart!.create('1/b')]
    await multipart!.putPart!(old, 1, Buffer.from('123'))
    utimesSync(join(root(), '.incoming', `multipart~${old}`), 1, 1)
    const item = { kind: 'upload', id: 'unfinished', files: 2, bytes: 6 }
    expect(await collect(0, false)).toMatchObject([item])
    expect(await collect(0, true)).toMatchObject([item])
    expect(await collect(0, true)).toEqual([])
    await expect(multipart!.putPart!(old, 1, Buffer.from('1'))).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
    await multipart!.putPart!(young, 1, Buffer.from('1'))
  })

  test('keeps runs whose files are inaccessible or may belong to others', async () => {
    const { experiment_id } = (
      await call('experiments/create', { name: 'far', artifact_location: 's3://elsewhere/x' })
    ).body
    const [far, shared] = [await aRun(experiment_id), await aRun()]
    await served.context.db
      .for<{ runs: { run_id: string; artifact_uri: string } }>()
      .transaction((tx) =>
        tx
          .updateTable('runs')
          .set({ artifact_uri: 'mlflow-artifacts:/' })
          .where('run_id', '=', shared)
          .execute(),
      )
    await put('0/precious')
    for (const run_id of [far, shared]) await call('runs/delete', { run_id })
    now += OLD_DAYS * DAY * 1000
    expect(new Map((await collect(30, true)).map(({ id, kept: keptItems }) => [id, keptItems]))).toEqual(
      new Map([
        [far, `this server has no access to its location: s3://elsewhere/x/${far}/artifacts`],
        [shared, 'its location may contain files of others: mlflow-artifacts:/'],
      ]),
    )
    expect(await files()).toEqual(['0/precious'])
  })

  test('removes the folder of an expired model whose run was moved', async () => {
    const { experiment_id } = (await call('experiments/create', { name: 'target' })).body
    const run_id = await aRun()
    const model = async () => {
      const input = { experiment_id: '0', name: 'm', source_run_id: run_id }
      return (await call('logged-models', input)).body.model.info.model_id as string
    }
    const [kept, gone] = [await model(), await model()]
    await call('/api/cairn/v1/runs/move', { run_ids: [run_id], experiment_id })
    await call(`logged-models/${gone}`, {}, 'DELETE')
    now += OLD_DAYS * DAY * 1000
    await collect(30, true)
    const left = await served.context.db
      .for<{ moved_folders: { path: string } }>()
      .read.selectFrom('moved_folders')
      .select('path')
      .where('path', 'like', '0/models%')
      .orderBy('path')
      .execute()
    const folder = `0/models/${kept}`
    expect(left.map(({ path }) => path)).toEqual(['0/models', folder, `${folder}/artifacts`])
  })

  test('collects several pages', async () => {
    const runs = Array.from({ length: 103 }, async () => call('runs/delete', { run_id: await aRun() }))
    await Promise.all(runs)
    now += OLD_DAYS * DAY * 1000
    const first = (await page('run', 30, false)).body
    expect([first.items.length, typeof first.next_page_token]).toEqual([100, 'string'])
    expect(await collect(30, true)).toHaveLength(103)
    expect(await collect(30, true)).toEqual([])
  })

  test('purges every table that refers to a run, model, trace or experiment', async () => {
    const covered: Record<string, readonly string[]> = {
      // Metrics of a model are kept with the model, alerts with their rules
      run_id: [...RUN_TABLES, 'logged_model_metrics', 'alerts'],
      model_id: MODEL_TABLES,
      trace_id: TRACE_TABLES,
      // Runs, models and traces are removed first, with their rows
      experiment_id: [
        ...EXPERIMENT_TABLES,
        'runs',
        'params',
        'tags',
        'latest_metrics',
        'moved_folders',
        'run_words',
        'logged_models',
        'traces',
      ],
    }
    const withoutOtherServices = { ...database, open: () => database.open({ isEmpty: true }) }
    const { context, close } = await testApp(async (app, context) => app.register(tracking, { context }), {
      database: withoutOtherServices,
    })
    onTestFinished(close)
    const tables = await context.db.read.introspection.getTables()
    const forgotten = tables.flatMap(({ name, columns }) =>
      columns
        .filter((column) => column.name in covered && !covered[column.name]!.includes(name))
        .map((column) => `${name}.${column.name}`),
    )
    expect(forgotten).toEqual([])
  })
})

test('refuses to collect without a registry', async () => {
  const served = await testApp(async (app, context) => void (await app.register(tracking, { context })))
  const payload = { kind: 'run', older_than_seconds: 0, apply: true }
  const response = await served.app.inject({ method: 'POST', url: '/api/cairn/v1/gc', payload })
  expect([response.statusCode, response.json().error_code]).toEqual([400, 'FAILED_PRECONDITION'])
  await served.close()
})
