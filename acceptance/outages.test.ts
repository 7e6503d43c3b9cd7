import { describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { freshS3, s3 } from './harness/s3.js'
import { MLFLOW_ONLY, startServer } from './harness/server.js'
import { until } from './harness/until.js'
import { MetricLog } from './outages/metric-log.js'
import { TcpProxy } from './outages/tcp-proxy.js'

const MLFLOW = '/api/2.0/mlflow'
const WRITERS = 4
const redis = process.env.TEST_REDIS_URL

const TRACES = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } }

/** One read and one write for each service. */
const QUESTIONS = [
  ['POST', `${MLFLOW}/experiments/create`, { name: 'in the dark' }],
  ['GET', `${MLFLOW}/experiments/get?experiment_id=0`],
  ['POST', `${MLFLOW}/runs/search`, { experiment_ids: ['0'] }],
  ['POST', `${MLFLOW}/registered-models/create`, { name: 'in the dark' }],
  ['GET', `${MLFLOW}/registered-models/search`],
  ['POST', '/api/3.0/mlflow/traces/search', { locations: [TRACES] }],
  ['GET', '/api/2.1/unity-catalog/catalogs'],
  ['POST', '/api/2.1/unity-catalog/catalogs', { name: 'dark' }],
  ['GET', '/api/2.2/jobs/list'],
  ['GET', '/api/2.0/serving-endpoints'],
  ['GET', '/api/2.0/preview/scim/v2/Users'],
] as const

describe.skipIf(!postgres)('an outage of PostgreSQL', () => {
  test('returns 503, loses nothing, and recovers without a restart', async () => {
    const database = await freshPostgres()
    await using proxy = await TcpProxy.to(database, 5432)
    await using server = await startServer({ args: ['--database-url', proxy.urlTo(database)] })
    const { url } = server
    const stop = new AbortController()
    const logs = await Promise.all(Array.from({ length: WRITERS }, () => MetricLog.open(url)))
    const writing = Promise.all(logs.map((log) => log.keepOn(stop.signal)))

    for (let outage = 0; outage < 2; outage++) {
      const before = logs.map((log) => log.told.get(200)?.length ?? 0)
      await until('writes are acknowledged', async () =>
        logs.every((log, i) => (log.told.get(200)?.length ?? 0) > before[i]! + 5),
      )
      const refused = logs.map((log) => log.told.get(503)?.length ?? 0)
      await proxy.cut()
      for (const [method, path, body] of QUESTIONS) {
        const answer = await send(url, method, path, { body })
        expect([path, answer.status, answer.text]).toEqual([
          path,
          503,
          expect.stringContaining('TEMPORARILY_UNAVAILABLE'),
        ])
        expect(answer.headers.get('retry-after')).toBe('1')
      }
      expect((await send(url, 'GET', '/health')).status).toBe(200)
      expect((await send(url, 'GET', '/ready')).status).toBe(503)
      await until('writes are refused', async () =>
        logs.every((log, i) => (log.told.get(503)?.length ?? 0) > refused[i]!),
      )
      await proxy.restore()
      await until('it is ready again', async () => (await send(url, 'GET', '/ready')).status === 200)
    }
    for (const log of logs)
      await until('a write is acknowledged again', async () => (await log.point()) === 200)
    stop.abort()
    await writing
    for (const log of logs) {
      expect([...log.told.keys()].filter((status) => ![200, 503].includes(status))).toEqual([])
      expect(log.told.get(503)?.length).toBeGreaterThan(0)
      expect(await log.lost(api(url))).toEqual([])
    }
    const refused = await send(
      url,
      'GET',
      `${MLFLOW}/experiments/get-by-name?experiment_name=in%20the%20dark`,
    )
    expect(refused.status).toBe(404)
  })
})

describe.skipIf(!s3)('an outage of S3', () => {
  test('returns 503 for artifacts, leaves none partial, and serves everything else', async () => {
    const store = freshS3()
    await using proxy = await TcpProxy.to(s3!.endpoint, 80)
    const env = { ...store.env, CAIRN_S3_ENDPOINT: proxy.urlTo(s3!.endpoint) }
    await using server = await startServer({
      args: [...MLFLOW_ONLY, '--artifacts-destination', store.uri],
      env,
    })
    const { url } = server
    const log = await MetricLog.open(url)
    const place = `0/${log.run_id}/artifacts`
    const at = (name: string) => `/api/2.0/mlflow-artifacts/artifacts/${place}/${name}`
    const put = (name: string, body: Uint8Array) => send(url, 'PUT', at(name), { body })
    const kept = Buffer.alloc(3_000_000, 'kept')
    expect((await put('kept', kept)).status).toBe(200)

    await proxy.cut()
    const answers = await Promise.all([
      put('refused', Buffer.from('x')),
      put('kept', Buffer.from('other')),
      put('large', Buffer.alloc(20_000_000)),
      send(url, 'GET', at('kept')),
      send(url, 'GET', `${MLFLOW}/artifacts/list`, { query: { run_id: log.run_id } }),
      send(url, 'DELETE', at('kept')),
    ])
    for (const answer of answers)
      expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('TEMPORARILY_UNAVAILABLE')])
    expect(await log.point()).toBe(200)
    expect((await send(url, 'GET', '/ready')).status).toBe(503)

    await proxy.restore()
    await until('artifacts are read again', async () => (await send(url, 'GET', at('kept'))).status === 200)
    expect((await send(url, 'GET', at('kept'))).bytes.equals(kept)).toBe(true)
    for (const name of ['refused', 'large']) expect((await send(url, 'GET', at(name))).status).toBe(404)
    expect((await put('refused', Buffer.from('x'))).status).toBe(200)
    expect((await send(url, 'GET', '/ready')).status).toBe(200)
  })

  test('an interrupted upload leaves the old file or the new one', async () => {
    const store = freshS3()
    await using proxy = await TcpProxy.to(s3!.endpoint, 80)
    const env = { ...store.env, CAIRN_S3_ENDPOINT: proxy.urlTo(s3!.endpoint) }
    await using server = await startServer({
      args: [...MLFLOW_ONLY, '--artifacts-destination', store.uri],
      env,
    })
    const { url } = server
    const at = '/api/2.0/mlflow-artifacts/artifacts/0/cut.bin'
    const bodies = Array.from({ length: 3 }, (_, i) => Buffer.alloc(20_000_000, String(i)))
    let last: Buffer = bodies[0]!
    expect((await send(url, 'PUT', at, { body: last })).status).toBe(200)
    for (const body of bodies.slice(1)) {
      const sending = send(url, 'PUT', at, { body })
      await proxy.cut()
      await proxy.restore()
      const { status } = await sending
      expect([200, 503]).toContain(status)
      await until('it is read again', async () => (await send(url, 'GET', at)).status === 200)
      const { bytes } = await send(url, 'GET', at)
      if (status === 200) last = body
      expect(bytes.equals(last) || (status !== 200 && bytes.equals(body))).toBe(true)
      last = bytes
    }
  })
})

describe.skipIf(!redis)('an outage of Redis', () => {
  test('a job started meanwhile runs after it', async () => {
    await using proxy = await TcpProxy.to(redis!, 6379)
    await using server = await startServer({ env: { CAIRN_REDIS_URL: proxy.urlTo(redis!) } })
    const { post, get } = api(server.url)
    const task = { entry: 'models/gate', parameters: { model: 'nobody', version: '1' } }
    const { job_id } = await post<{ job_id: number }>('/api/2.2/jobs/create', {
      name: 'through the dark',
      tasks: [{ task_key: 'gate', node_task: task }],
    })
    const ended = async (run_id: number) => {
      const run = await get<{ state: { life_cycle_state: string } }>('/api/2.2/jobs/runs/get', { run_id })
      return ['TERMINATED', 'INTERNAL_ERROR'].includes(run.state.life_cycle_state)
    }
    const start = () => send(server.url, 'POST', '/api/2.2/jobs/run-now', { body: { job_id } })

    const first = (await start()).json<{ run_id: number }>().run_id
    await until('the first run ends', () => ended(first))
    await proxy.cut()
    const answer = await start()
    expect([200, 503]).toContain(answer.status)
    expect((await send(server.url, 'GET', '/health')).status).toBe(200)
    const ready = await send(server.url, 'GET', '/ready')
    expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('Redis does not respond.')])
    await proxy.restore()
    await until('it is ready again', async () => (await send(server.url, 'GET', '/ready')).status === 200)
    const again = answer.status === 200 ? answer : await start()
    await until(
      'the run that was started ends',
      () => ended(again.json<{ run_id: number }>().run_id),
      110_000,
    )
  })
})
