import { createHash, randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HttpTransport } from './http.js'
import { RegistryClient } from './registry.js'
import { currentRun, type RunOptions, startRun, withRun } from './run.js'
import { newFolder } from './testing/folders.js'
import { type RunningServer, servers } from './testing/servers.js'
import { TrackingClient } from './tracking.js'

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe.each(servers)('against $name', { timeout: 240_000 }, ({ start }) => {
  const experiment = `sdk ${randomUUID()}`
  let server: RunningServer
  let client: TrackingClient
  let registry: RegistryClient
  let defaults: RunOptions
  let experimentId: string

  beforeAll(async () => {
    server = await start()
    const transport = new HttpTransport({ baseUrl: server.url })
    client = new TrackingClient(transport)
    registry = new RegistryClient(transport)
    defaults = { client, experiment, strict: true }
    experimentId = (await client.experiments.ensure(experiment)).experiment_id
  }, 240_000)
  afterAll(() => server?.stop())

  test('two clients that ensure an experiment concurrently get the same one', async () => {
    const name = `sdk race ${randomUUID()}`
    const both = await Promise.all([client.experiments.ensure(name), client.experiments.ensure(name)])
    expect(both[0].experiment_id).toBe(both[1].experiment_id)
  })

  test('an experiment is found by search, renamed, tagged, deleted and restored', async () => {
    const { experiments } = client
    const id = await experiments.create(`sdk ${randomUUID()}`, { tags: { team: 'a' } })
    const name = `sdk 'renamed' ${randomUUID()}`
    await experiments.rename(id, name)
    await experiments.setTag(id, 'stage', 'x')
    const found = await collect(experiments.search({ filter: `name = "${name}"`, max_results: 1 }))
    expect(found.map((one) => one.experiment_id)).toEqual([id])
    await experiments.delete(id)
    expect((await experiments.get(id)).lifecycle_stage).toBe('deleted')
    await experiments.restore(id)
    const { tags = [] } = await experiments.getByName(name)
    expect(Object.fromEntries(tags.map((tag) => [tag.key, tag.value]))).toMatchObject({
      team: 'a',
      stage: 'x',
    })
    expect(await experiments.findByName(`no ${randomUUID()}`)).toBeUndefined()
  })

  test('a run stores its values and ends FINISHED', async () => {
    const forkedFrom = { runId: 'base', step: 1000 }
    const id = await withRun(
      { ...defaults, name: 'first', tags: { team: 'web' }, forkedFrom },
      async (run) => {
        await run.logParams({ factors: 64, nested: { a: 1 } })
        for (let step = 0; step < 1200; step++) await run.logMetrics({ loss: 1 / (step + 1) }, { step })
        await run.logMetrics({ nan: Number.NaN, inf: Number.POSITIVE_INFINITY })
        await run.setTags({ note: 'x'.repeat(100) })
        return run.id
      },
    )
    const { info, data } = await client.runs.get(id)
    expect(info).toMatchObject({ status: 'FINISHED', run_name: 'first', experiment_id: experimentId })
    expect(info.end_time).toBeGreaterThanOrEqual(info.start_time)
    expect(data.params).toEqual(
      expect.arrayContaining([
        { key: 'factors', value: '64' },
        { key: 'nested', value: '{"a":1}' },
      ]),
    )
    const latest = Object.fromEntries((data.metrics ?? []).map((metric) => [metric.key, metric.value]))
    expect(latest).toMatchObject({ loss: 1 / 1200, nan: Number.NaN })
    expect(latest.inf).toBeGreaterThan(1.7e308)
    const tags = Object.fromEntries((data.tags ?? []).map((tag) => [tag.key, tag.value]))
    expect(tags).toMatchObject({ team: 'web', 'mlflow.source.type': 'LOCAL', note: 'x'.repeat(100) })
    expect(tags).toMatchObject({ 'cairn.forked_from': 'base', 'cairn.fork_step': '1000' })
    const history = await collect(client.runs.metricHistory(id, 'loss'))
    expect(history.map((point) => point.step)).toEqual(Array.from({ length: 1200 }, (_, step) => step))
  })

  test('sending a batch twice stores it once', async () => {
    await withRun(defaults, async (run) => {
      const batch = {
        metrics: [{ key: 'm', value: 1, timestamp: 5, step: 2 }],
        params: [{ key: 'p', value: '1' }],
      }
      await client.runs.logBatch(run.id, batch)
      await client.runs.logBatch(run.id, batch)
      expect(await collect(client.runs.metricHistory(run.id, 'm'))).toHaveLength(1)
    })
  })

  test('nested runs are children of their parent, also when run concurrently', async () => {
    const children = await withRun(defaults, async (parent) => {
      const started = ['a', 'b'].map((name) =>
        withRun({ name }, async (child) => {
          await sleep(20)
          expect(currentRun()).toBe(child)
          return child.id
        }),
      )
      const ids = await Promise.all(started)
      expect(currentRun()).toBe(parent)
      const alone = await withRun({ ...defaults, nested: false }, async (run) => run.id)
      expect((await client.runs.get(alone)).data.tags?.some((tag) => tag.key === 'mlflow.parentRunId')).toBe(
        false,
      )
      return { ids, parent: parent.id }
    })
    expect(currentRun()).toBeUndefined()
    const filter = `tags.mlflow.parentRunId = '${children.parent}'`
    const found = await collect(
      client.runs.search({ experiment_ids: [experimentId], filter, max_results: 1 }),
    )
    expect(found.map((run) => run.info.run_id).sort()).toEqual(children.ids.sort())
  })

  test('a run whose code throws is FAILED with the error as a tag, and the error is rethrown', async () => {
    let id = ''
    const failing = withRun(defaults, async (run) => {
      id = run.id
      await run.logMetrics({ before: 1 })
      throw new RangeError('diverged')
    })
    await expect(failing).rejects.toThrow('diverged')
    const { info, data } = await client.runs.get(id)
    expect(info.status).toBe('FAILED')
    expect(data.metrics?.[0]?.key).toBe('before')
    expect(data.tags?.find((tag) => tag.key === 'cairn.error')?.value).toContain('RangeError: diverged')
  })

  test('only a changed parameter is lost: reported, and thrown in strict mode', async () => {
    const losses: unknown[] = []
    const onLostValues = (error: unknown) => losses.push(error)
    const log = (strict: boolean) =>
      withRun({ ...defaults, strict, onLostValues }, async (run) => {
        await run.logParams({ p: 1, q: 1 })
        await run.logParams({ p: 2 })
        await run.logMetrics({ m: 1 })
        return run.id
      })
    const { data } = await client.runs.get(await log(false))
    expect(data.metrics).toHaveLength(1)
    expect(data.params).toEqual(expect.arrayContaining([{ key: 'p', value: '1' }]))
    expect(losses).toMatchObject([{ code: 'INVALID_PARAMETER_VALUE', status: 400 }])
    await expect(log(true)).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
  })

  test('links a dataset with its digest and context', async () => {
    const dataset = { name: 'ratings', digest: 'abc123', source_type: 'local', source: '{"uri":"r.csv"}' }
    const id = await withRun(defaults, async (run) => {
      await run.logInput(dataset, 'training')
      return run.id
    })
    const [input] = (await client.runs.get(id)).inputs?.dataset_inputs ?? []
    expect(input?.dataset).toMatchObject(dataset)
    expect(input?.tags).toEqual([{ key: 'mlflow.data.context', value: 'training' }])
  })

  test('stores artifacts of every kind unchanged', async () => {
    await withRun(defaults, async (run) => {
      const file = join(await newFolder(), 'data.bin')
      const bytes = new Uint8Array(3_000_000).map((_, index) => index % 251)
      await writeFile(file, bytes)
      const stored = await run.logArtifact(file)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      expect(stored).toEqual({ path: 'data.bin', size: bytes.length, sha256 })
      await run.logText('grüße', 'notes/a b.txt')
      await run.logDict({ a: [1] }, 'd.json')
      await run.logTable([{ x: 1, y: 'a' }], 't.json')
      await run.logTable([{ y: 'b', z: true }], 't.json')
      const { artifacts } = client
      const files = await collect(artifacts.walk(run.artifactUri))
      expect(files.map((one) => one.path).sort()).toEqual(['d.json', 'data.bin', 'notes/a b.txt', 't.json'])
      expect(files.find((one) => one.path === 'data.bin')?.file_size).toBe(bytes.length)
      const back = await new Response(await artifacts.get(run.artifactUri, 'data.bin')).arrayBuffer()
      expect(Buffer.from(back).equals(bytes)).toBe(true)
      expect(await artifacts.getText(run.artifactUri, 'notes/a b.txt')).toBe('grüße')
      expect(JSON.parse(await artifacts.getText(run.artifactUri, 't.json'))).toEqual({
        columns: ['x', 'y', 'z'],
        data: [
          [1, 'a', null],
          [null, 'b', true],
        ],
      })
      const tag = (await client.runs.get(run.id)).data.tags?.find(
        (one) => one.key === 'mlflow.loggedArtifacts',
      )
      expect(JSON.parse(tag!.value)).toEqual([{ path: 't.json', type: 'table' }])
      await artifacts.delete(run.artifactUri, 'd.json')
      const left = await artifacts.list(run.artifactUri)
      expect(left.map((one) => one.path).sort()).toEqual(['data.bin', 'notes', 't.json'])
    })
  })

  test('concurrent appends to a table keep all rows', async () => {
    await withRun(defaults, async (run) => {
      const rows = [1, 2, 3, 4, 5]
      await Promise.all(rows.map((x) => run.logTable([{ x }], x < 4 ? 'at-once.json' : `${x}.json`)))
      const table = JSON.parse(await client.artifacts.getText(run.artifactUri, 'at-once.json'))
      expect(table).toEqual({ columns: ['x'], data: [[1], [2], [3]] })
      const { tags = [] } = (await client.runs.get(run.id)).data
      const named = tags.find((tag) => tag.key === 'mlflow.loggedArtifacts')!.value
      expect(JSON.parse(named)).toHaveLength(3)
    })
  })

  test("stores images in the layout of the server's UI", async () => {
    const id = await withRun(defaults, async (run) => {
      const image = { width: 300, height: 2, data: new Uint8Array(600).fill(7) }
      for (const step of [0, 1]) await run.logImage(image, { key: 'val/dogs', step })
      await run.logImage(image, 'plain.png')
      const files = await collect(client.artifacts.walk(run.artifactUri))
      const names = files.map((file) => file.path.replace(/timestamp\+\d+\+[0-9a-f-]{36}/, 'T'))
      expect(names.sort()).toEqual([
        'images/val~dogs+step+0+T+compressed.webp',
        'images/val~dogs+step+0+T.png',
        'images/val~dogs+step+1+T+compressed.webp',
        'images/val~dogs+step+1+T.png',
        'plain.png',
      ])
      const png = files.find((file) => file.path.endsWith('.png'))!
      const bytes = await new Response(await client.artifacts.get(run.artifactUri, png.path)).arrayBuffer()
      expect(Buffer.from(bytes).toString('latin1', 1, 4)).toBe('PNG')
      return run.id
    })
    const { tags = [] } = (await client.runs.get(id)).data
    expect(tags).toContainEqual({ key: 'mlflow.loggedImages', value: 'true' })
  })

  test('creates one run if the response to the creation is lost', async () => {
    let creations = 0
    const losing = async (url: string, init: RequestInit) => {
      const response = await fetch(url, init)
      if (!url.endsWith('/runs/create') || creations++ > 0) return response
      throw new TypeError('the response is lost')
    }
    const transport = new HttpTransport({ baseUrl: server.url, fetch: losing })
    const name = `lost ${randomUUID()}`
    const id = await withRun(
      { ...defaults, client: new TrackingClient(transport), name },
      async (run) => run.id,
    )
    const query = { experiment_ids: [experimentId], filter: `run_name = '${name}'` }
    const found = await collect(client.runs.search(query))
    expect(found.map((run) => [run.info.run_id, run.info.status])).toEqual([[id, 'FINISHED']])
    expect(creations).toBe(1)
  })

  test('creates an experiment and a registered model once if responses are lost', async () => {
    const seen = new Set<string>()
    const losing = async (url: string, init: RequestInit) => {
      const response = await fetch(url, init)
      if (!url.endsWith('/create') || seen.has(url)) return response
      seen.add(url)
      throw new TypeError('the response is lost')
    }
    const lost = new TrackingClient(new HttpTransport({ baseUrl: server.url, fetch: losing }))
    const name = `lost ${randomUUID()}`
    expect((await lost.experiments.ensure(name)).name).toBe(name)
    await new RegistryClient(lost.transport).ensureModel(name)
    expect(seen.size).toBe(2)
    expect((await registry.getModel(name)).name).toBe(name)
  })

  test('linking a model twice is idempotent', async () => {
    await withRun(defaults, async (run) => {
      const flavors = { tiny: {} }
      const { modelId } = await run.logModel({}, { name: 'twice', flavors })
      await client.runs.logOutputs(run.id, [{ model_id: modelId, step: 0 }])
      expect((await client.runs.get(run.id)).outputs?.model_outputs).toHaveLength(1)
    })
  })

  test('a disabled run and its children log nothing', async () => {
    const name = `disabled ${randomUUID()}`
    await withRun({ ...defaults, mode: 'disabled', name }, async (run) => {
      await run.logMetrics({ m: 1 })
      await run.logText('x', 'x.txt')
      await withRun({ name }, async (child) => child.logParams({ p: 1 }))
      expect(() => run.client).toThrow('not on a server')
    })
    const query = { experiment_ids: [experimentId], filter: `run_name = '${name}'` }
    expect(await collect(client.runs.search(query))).toEqual([])
  })

  test('disposing a run ends it as FINISHED', async () => {
    let id: string
    {
      await using run = await startRun(defaults)
      id = run.id
    }
    expect((await client.runs.get(id)).info.status).toBe('FINISHED')
  })

  test('logs, links and registers a model and finds it by alias', async () => {
    const name = `sdk-model-${randomUUID()}`
    const { model, runId } = await withRun(defaults, async (run) => {
      const logged = await run.logModel(
        { 'model.bin': new Uint8Array([1, 2, 3]) },
        {
          name: 'tiny',
          flavors: { tiny: { data: 'model.bin' } },
          signature: { inputs: [{ type: 'long', name: 'user_id', required: true }] },
          inputExample: [{ user_id: 7 }],
          params: { factors: 8 },
          modelType: 'recommender',
          step: 3,
        },
      )
      await run.logMetrics({ ndcg: 0.5 }, { modelId: logged.modelId, step: 3 })
      const version = await run.registerModel(logged, { name, alias: 'champion' })
      expect(version).toMatchObject({ name, version: '1', status: 'READY' })
      return { model: logged, runId: run.id }
    })
    expect(model.modelUri).toBe(`models:/${model.modelId}`)
    const record = await client.loggedModels.get(model.modelId)
    expect(record.info).toMatchObject({ status: 'LOGGED_MODEL_READY', source_run_id: runId, name: 'tiny' })
    expect(record.data?.params).toEqual([{ key: 'factors', value: '8' }])
    expect(record.data?.metrics).toMatchObject([{ key: 'ndcg', value: 0.5 }])
    expect((await client.runs.get(runId)).outputs?.model_outputs).toEqual([
      { model_id: model.modelId, step: 3 },
    ])
    const files = await collect(client.artifacts.walk(model.artifactUri))
    expect(files.map((file) => file.path).sort()).toEqual([
      'MLmodel',
      'input_example.json',
      'model.bin',
      'serving_input_example.json',
    ])
    expect(await client.artifacts.getText(model.artifactUri, 'MLmodel')).toContain(
      `model_id: "${model.modelId}"`,
    )
    const champion = await registry.findByAlias(name, 'champion')
    expect(champion).toMatchObject({ version: '1', source: model.modelUri })
    expect(await registry.downloadUri(name, '1')).toBeTypeOf('string')
    const search = { experiment_ids: [experimentId], filter: "name = 'tiny'" }
    const found = await collect(client.loggedModels.search(search))
    expect(found.map((one) => one.info.model_id)).toContain(model.modelId)
  })

  test('a model whose upload fails is marked as failed', async () => {
    let reason: unknown
    await withRun(defaults, async (run) => {
      const broken = {
        size: 5,
        open: () => new ReadableStream<Uint8Array>({ start: (c) => c.error(new Error('disk')) }),
      }
      const upload = run.logModel({ MLmodel: 'flavors: {}\n', 'x.bin': broken }, { name: 'broken' })
      reason = await upload.catch((error: unknown) => error)
    })
    expect(reason).toMatchObject({ code: 'NETWORK_ERROR' })
    const search = { experiment_ids: [experimentId], filter: "name = 'broken'" }
    const [model] = await collect(client.loggedModels.search(search))
    expect(model?.info.status).toBe('LOGGED_MODEL_UPLOAD_FAILED')
  })

  test('manages versions, tags, aliases and stages of a registered model', async () => {
    const name = `sdk-registry-${randomUUID()}`
    await registry.createModel(name, { description: 'd', tags: { k: 'v' } })
    await registry.ensureModel(name)
    for (const version of ['1', '2'])
      expect((await registry.createVersion({ name, source: 's3://bucket/model' })).version).toBe(version)
    await registry.setVersionTag(name, '2', 'gate', 'passed')
    await registry.setAlias(name, 'champion', '1')
    await registry.setAlias(name, 'champion', '2')
    expect((await registry.getByAlias(name, 'champion')).version).toBe('2')
    expect((await registry.transitionStage(name, '2', 'Production')).current_stage).toBe('Production')
    expect((await registry.getVersion(name, '2')).tags).toEqual([{ key: 'gate', value: 'passed' }])
    expect(await collect(registry.searchVersions({ filter: `name = '${name}'` }))).toHaveLength(2)
    expect(await collect(registry.searchModels({ filter: `name = '${name}'` }))).toMatchObject([{ name }])
    await registry.deleteAlias(name, 'champion')
    expect(await registry.findByAlias(name, 'champion')).toBeUndefined()
    await registry.deleteVersion(name, '1')
    await expect(registry.getVersion(name, '1')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    await registry.deleteModel(name)
    expect(await registry.findByAlias(name, 'champion')).toBeUndefined()
  })
})
