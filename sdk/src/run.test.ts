import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { CairnError } from './cairn-error.js'
import { HttpTransport } from './http.js'
import { type RunOptions, startRun, withRun } from './run.js'
import { newFolder } from './testing/folders.js'
import { TrackingClient } from './tracking.js'

const RUN = { info: { run_id: 'r1', experiment_id: '1', artifact_uri: 'mlflow-artifacts:/1' }, data: {} }

/** Statuses of the fake server by path; it has one run and responds with 200 by default. */
let statuses: Record<string, number>
let server: ReturnType<typeof createServer>
let client: TrackingClient
let ended: string[]
let requests: string[]
let bodies: string[]
beforeEach(async () => {
  requests = []
  bodies = []
  statuses = {}
  ended = []
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const status = Object.entries(statuses).find(([path]) => request.url!.includes(path))?.[1] ?? 200
    requests.push(request.url!)
    bodies.push(body)
    if (request.url!.endsWith('/update')) ended.push(JSON.parse(body).status)
    response.writeHead(status).end(JSON.stringify({ experiment: { experiment_id: '1' }, run: RUN }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  client = new TrackingClient(new HttpTransport({ baseUrl, attempts: 1 }))
})
afterEach(() => {
  vi.restoreAllMocks()
  server.closeAllConnections()
  server.close()
})

test('withRun returns the result and reports the end as lost if it cannot be stored', async () => {
  statuses = { 'runs/update': 400 }
  const losses: unknown[] = []
  const onLostValues = (error: unknown) => losses.push(error)
  expect(await withRun({ client, onLostValues }, async () => 'trained')).toBe('trained')
  expect(losses).toMatchObject([{ status: 400 }])
  await expect(withRun({ client, onLostValues, strict: true }, async () => {})).rejects.toMatchObject({
    status: 400,
  })
})

test('in a task, the first run continues the run of its trial, and others have the experiment and tags of the job', async () => {
  vi.stubEnv('MLFLOW_RUN_ID', 'trial-1')
  vi.stubEnv('MLFLOW_EXPERIMENT_ID', '7')
  vi.stubEnv('MLFLOW_RUN_CONTEXT', '{"cairn.job_id": 3}')
  onTestFinished(() => void vi.unstubAllEnvs())
  await withRun({ client }, async () => undefined)
  expect(requests[0]).toContain('runs/get?run_id=trial-1')
  expect(JSON.parse(bodies.find((body) => body.includes('"status"'))!)).toEqual({
    run_id: 'trial-1',
    status: 'RUNNING',
  })
  await withRun({ client }, async () => undefined)
  expect(JSON.parse(bodies.find((body) => body.includes('cairn.job_id'))!)).toMatchObject({
    experiment_id: '7',
    tags: expect.arrayContaining([{ key: 'cairn.job_id', value: '3' }]),
  })
  expect(requests.join()).not.toContain('experiments/get-by-name')
})

test('a second end waits for the first one, whose status wins', async () => {
  const run = await startRun({ client })
  run.beforeEnd(() => {
    throw new Error('ignored')
  })
  void run.end('FAILED')
  await run.end('FINISHED')
  expect(ended).toEqual(['FAILED'])
})

describe.each(['online', 'offline', 'disabled'] as const)('an ended run, %s', (mode) => {
  const start = async (options: RunOptions = {}) =>
    startRun({ client, mode, folder: await newFolder(), ...options })

  test('reports late values as lost but still flushes', async () => {
    const lost: unknown[] = []
    const run = await start({
      onLostValues: (error, batch) => lost.push([(error as CairnError).code, batch]),
    })
    run.beforeEnd(() => run.setTags({ last: 'words' }))
    await run.end()
    await run.logParams({ late: 1 })
    await run.flush()
    expect(lost).toEqual([['RUN_ENDED', { params: [{ key: 'late', value: '1' }] }]])
    expect(requests.filter((path) => path.endsWith('/log-batch'))).toHaveLength(mode === 'online' ? 1 : 0)
  })

  test('throws from calls that return a result and, in strict mode, from all calls', async () => {
    const run = await start({ strict: true, onLostValues: () => {} })
    await run.end()
    const model = { modelId: 'm', modelUri: 'models:/m', artifactUri: '', name: 'm', runId: run.id }
    for (const late of [
      () => run.logText('late', 'late.txt'),
      () => run.logTable([{ late: true }], 'late.json'),
      () => run.logInput({ name: 'd', digest: '1', source_type: 'local', source: '{}' }),
      () => run.logModel({ 'weights.bin': new Uint8Array(1) }, { name: 'm', flavors: { mine: {} } }),
      () => run.registerModel(model, { name: 'm' }),
      () => run.logMetrics({ late: 1 }),
    ])
      await expect(late()).rejects.toMatchObject({ code: 'RUN_ENDED' })
  })

  test('warns once', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const run = await start()
    await run.end()
    for (let step = 0; step < 100; step++) await run.logMetrics({ late: 1 }, { step })
    expect(warned.mock.calls.map(([message]) => message)).toEqual([expect.stringContaining('has ended')])
  })
})

test.each([502, 503, 504])('mode auto goes offline when a proxy responds with %i', async (status) => {
  statuses = { mlflow: status }
  const folder = await newFolder()
  const auto = { client, mode: 'auto', folder } as const
  expect(await withRun(auto, async (run) => run.folder)).toContain(folder)
  statuses = { mlflow: 403 }
  await expect(withRun(auto, async () => {})).rejects.toMatchObject({ status: 403 })
})
