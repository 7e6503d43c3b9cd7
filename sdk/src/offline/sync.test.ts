import { cp, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CairnError } from '../cairn-error.js'
import { HttpTransport } from '../http.js'
import { withRun } from '../run.js'
import { effort } from '../testing/effort.js'
import { newFolder } from '../testing/folders.js'
import { all, contentOf, copyRun, recordRun, snapshot } from '../testing/offline.js'
import { type RunningServer, servers } from '../testing/servers.js'
import { TrackingClient } from '../tracking.js'
import type { ApiRequest, Transport } from '../transport.js'
import { listOfflineRuns } from './offline-runs.js'
import { thisProcess } from './process-identity.js'
import { syncRun } from './sync.js'

/** Fails from the n-th request on: before it is sent, or before its response arrives. */
class DyingTransport implements Transport {
  readonly #inner: Transport
  readonly #last: number
  readonly #sendLast: boolean
  count = 0

  constructor(inner: Transport, last: number, sendLast: boolean) {
    this.#inner = inner
    this.#last = last
    this.#sendLast = sendLast
  }

  call<T>(request: ApiRequest): Promise<T> {
    return this.#die(() => this.#inner.call<T>(request))
  }

  open(request: ApiRequest): Promise<Response> {
    return this.#die(() => this.#inner.open(request))
  }

  async #die<T>(send: () => Promise<T>): Promise<T> {
    this.count++
    if (this.count < this.#last) return send()
    if (this.count === this.#last && this.#sendLast) await send()
    throw new CairnError('DEAD', 'simulated crash', 401)
  }
}

describe.each(servers)('against $name', { timeout: 240_000 }, ({ name, start }) => {
  const experiment = `offline ${crypto.randomUUID()}`
  let server: RunningServer
  let transport: HttpTransport
  let client: TrackingClient
  let recorded: string
  let whole: Awaited<ReturnType<typeof contentOf>>

  beforeAll(async () => {
    server = await start()
    transport = new HttpTransport({ baseUrl: server.url })
    client = new TrackingClient(transport)
    recorded = await recordRun(experiment)
    const folder = await newFolder()
    const copy = await copyRun(recorded, folder)
    await sync(folder)
    whole = await contentOf(client, experiment, basename(copy))
  }, 240_000)
  afterAll(() => server?.stop())

  async function sync(folder: string, through: Transport = transport) {
    const reports = []
    for (const run of await listOfflineRuns(folder, server.url))
      if (!run.done) reports.push(await syncRun(new TrackingClient(through), run, { server: server.url }))
    return reports
  }

  test('sends a run as it was logged', () => {
    expect(whole).toHaveLength(1)
    const [run] = whole
    expect(run).toMatchObject({ status: 'FINISHED', name: 'recorded' })
    expect(run!.params).toEqual([
      { key: 'factors', value: '64' },
      { key: 'text', value: 'grüße\n"' },
    ])
    const tags = Object.fromEntries(run!.tags.map((tag) => [tag.key, tag.value]))
    expect(tags).toMatchObject({
      ...{ team: 'web', stage: 'two', 'mlflow.source.type': 'LOCAL' },
      'cairn.offline': 'true',
    })
    expect(JSON.parse(tags['mlflow.loggedArtifacts']!)).toEqual([{ path: 't.json', type: 'table' }])
    expect(run!.metrics.map((metric) => [metric.key, metric.points.length])).toEqual([
      ['inf', 1],
      ['loss', 300],
      ['nan', 1],
      ['ndcg', 1],
    ])
    expect(run!.files.map(([path]) => path)).toEqual(['notes/a b.txt', 't.json'])
    expect(run!.inputs?.dataset_inputs).toHaveLength(1)
    expect(run!.models).toMatchObject([
      {
        status: 'LOGGED_MODEL_READY',
        name: 'als',
        params: [{ key: 'k', value: '8' }],
        metrics: [['ndcg', 0.5]],
        modelsOfRun: 1,
        versions: [['1', true]],
      },
    ])
    expect(run!.models[0]!.files.map(([path]) => path)).toEqual([
      'MLmodel',
      'input_example.json',
      'serving_input_example.json',
      'weights.bin',
    ])
  })

  test('a sync that crashes at any request is completed by the next one', async () => {
    const counter = new DyingTransport(transport, Number.POSITIVE_INFINITY, false)
    const counted = await newFolder()
    await copyRun(recorded, counted)
    await sync(counted, counter)
    expect(counter.count).toBeGreaterThan(20)
    // MLflow's server is slow, so fewer requests are tested on it.
    const step = (name === 'cairn' ? 1 : 3) * effort(12, 12, 1)
    for (let last = 1; last <= counter.count; last += step)
      for (const sendLast of [false, true]) {
        const folder = await newFolder()
        const id = basename(await copyRun(recorded, folder))
        const died = await sync(folder, new DyingTransport(transport, last, sendLast)).then(
          () => false,
          (error: Error) => error.message.includes('simulated crash'),
        )
        // A request that a slow server did not answer in time was repeated and counted twice.
        if (!died && last > 20) return
        expect(died).toBe(true)
        expect(await sync(folder)).toMatchObject([{ outcome: 'synced', problems: [] }])
        expect(await contentOf(client, experiment, id), `died at request ${last}`).toEqual(whole)
      }
  }, 600_000)

  test('a truncated or lost journal changes nothing', async () => {
    const folder = await newFolder()
    const run = await copyRun(recorded, folder)
    await sync(folder)
    const journal = await readFile(join(run, 'sync.jsonl'))
    const every = effort(3, 3, 1)
    const cuts = Array.from({ length: 8 }, (_, i) => Math.floor((journal.length * i) / 8) + (i % 3))
    for (const length of cuts.filter((_, at) => at % every === 0)) {
      await writeFile(join(run, 'sync.jsonl'), journal.subarray(0, length))
      await sync(folder)
      expect(await contentOf(client, experiment, basename(run))).toEqual(whole)
    }
  }, 300_000)

  test('a run with a truncated log is sent up to that point as KILLED', async () => {
    const log = await readFile(join(recorded, 'log.jsonl'))
    const modelAt = log.indexOf('"type":"model"')
    for (const length of [
      modelAt - 30,
      Math.floor(log.length * 0.4),
      Math.floor(log.length * 0.9),
      log.length - 3,
    ]) {
      const folder = await newFolder()
      const cut = await newFolder()
      await cp(join(recorded, 'files'), join(cut, 'files'), { recursive: true })
      await writeFile(join(cut, 'log.jsonl'), log.subarray(0, length))
      const run = await copyRun(cut, folder)
      const dead = (await readFile(join(run, 'log.jsonl'), 'utf8')).includes(String(process.pid))
      expect(dead).toBe(true) // this process wrote the log, so the run counts as live
      const [listed] = await listOfflineRuns(folder, server.url)
      expect(listed!.live).toBe(true)
      const report = await syncRun(client, { ...listed!, live: false }, { server: server.url })
      expect(report).toMatchObject({ outcome: 'synced', problems: [] })
      const [content] = await contentOf(client, experiment, basename(run))
      expect(content).toMatchObject({ status: 'KILLED', name: 'recorded' })
      expect(content!.tags.find((tag) => tag.key === 'cairn.error')?.value).toContain('without ending')
      const before = whole[0]!.metrics.find((metric) => metric.key === 'loss')!.points
      const points = content!.metrics.find((metric) => metric.key === 'loss')?.points ?? []
      expect(points).toEqual(before.slice(0, points.length))
      expect(points.length).toBe(Math.min(300, listed!.summary.metrics))
    }
  }, 300_000)

  test('a live run is sent so far, and the rest by a later sync', async () => {
    const folder = await newFolder()
    await withRun({ mode: 'offline', folder, experiment }, async (run) => {
      await run.logMetrics({ m: 1 }, { step: 1 })
      expect(await sync(folder)).toMatchObject([{ outcome: 'live', problems: [] }])
      const [running] = await contentOf(client, experiment, run.id)
      expect(running).toMatchObject({
        status: 'RUNNING',
        metrics: [{ key: 'm', points: [[1, expect.any(Number), '1']] }],
      })
      await run.logMetrics({ m: 2 }, { step: 2 })
    })
    expect(await sync(folder)).toMatchObject([{ outcome: 'synced' }])
    const [listed] = await listOfflineRuns(folder, server.url)
    const [done] = await contentOf(client, experiment, listed!.summary.start.id)
    expect(done!.status).toBe('FINISHED')
    expect(done!.metrics[0]!.points).toHaveLength(2)
  })

  test('links children to their parent in any order', async () => {
    const folder = await newFolder()
    await withRun({ mode: 'offline', folder, experiment }, async () => {
      for (const name of ['a', 'b', 'c']) await withRun({ name }, async (child) => child.logMetrics({ m: 1 }))
    })
    const reports = await sync(folder)
    expect(reports.map((report) => report.outcome)).toEqual(['synced', 'synced', 'synced', 'synced'])
    const filter = `tags.mlflow.parentRunId = '${reports[0]!.run_id}'`
    const { experiment_id } = await client.experiments.getByName(experiment)
    const found = await all(client.runs.search({ experiment_ids: [experiment_id], filter }))
    expect(found.map((run) => run.info.run_name).sort()).toEqual(['a', 'b', 'c'])
  })

  test('reports what the server rejects and sends the rest', async () => {
    const folder = await newFolder()
    await withRun({ mode: 'offline', folder, experiment }, async (run) => {
      await run.logParams({ p: 1 })
      await run.logParams({ p: 2 })
      await run.logMetrics({ m: 1 })
    })
    const [report] = await sync(folder)
    expect(report!.problems).toEqual([expect.stringMatching(/^parameter 'p': .*already/s)])
    const [listed] = await listOfflineRuns(folder, server.url)
    const [content] = await contentOf(client, experiment, listed!.summary.start.id)
    expect(content).toMatchObject({ status: 'FINISHED', params: [{ key: 'p', value: '1' }] })
    expect(content!.metrics).toHaveLength(1)
  })

  test('rejects an artifact whose bytes have changed on the disk', async () => {
    const folder = await newFolder()
    const run = await copyRun(recorded, folder)
    const [file] = (await listOfflineRuns(folder, server.url))[0]!.summary.artifacts.values()
    await writeFile(join(run, 'files', file!.file!.sha256), 'forged')
    const [report] = await sync(folder)
    expect(report!.problems).toEqual([expect.stringMatching(/^artifact 'notes\/a b.txt': .*changed/)])
  })

  test('locks a run for one process at a time and breaks the lock of a dead process', async () => {
    const folder = await newFolder()
    const run = await copyRun(recorded, folder)
    await writeFile(
      join(run, 'sync.lock'),
      JSON.stringify({ ...thisProcess(), pid: process.ppid, started: undefined }),
    )
    const before = await snapshot(run)
    expect(await sync(folder)).toEqual([{ outcome: 'busy', problems: [] }])
    expect(await snapshot(run)).toEqual(before)
    await writeFile(join(run, 'sync.lock'), JSON.stringify({ ...thisProcess(), started: 'long ago' }))
    expect(await sync(folder)).toMatchObject([{ outcome: 'synced' }])
  })

  test('does not restore a run that was deleted on the server', async () => {
    const folder = await newFolder()
    const run = await copyRun(recorded, folder)
    const [report] = await sync(folder)
    await client.runs.delete(report!.run_id!)
    await writeFile(join(run, 'sync.jsonl'), '')
    expect(await sync(folder)).toMatchObject([
      { outcome: 'refused', problems: [expect.stringMatching(/restore/)] },
    ])
  })

  test('reports a run whose experiment was deleted and sends the following ones', async () => {
    const folder = await newFolder()
    const gone = `gone ${crypto.randomUUID()}`
    await client.experiments.delete(await client.experiments.create(gone))
    await withRun({ mode: 'offline', folder, experiment: gone }, async (run) => run.logMetrics({ m: 1 }))
    await withRun({ mode: 'offline', folder, experiment }, async (run) => run.logMetrics({ m: 1 }))
    const reports = await sync(folder)
    expect(reports.map((report) => report.outcome)).toEqual(['refused', 'synced'])
    expect(reports[0]!.problems).toEqual([expect.stringMatching(/deleted|active/)])
  })
})
