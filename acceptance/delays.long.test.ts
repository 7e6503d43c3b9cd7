import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { slowness } from './delays/calibrate.js'
import { HealthProbe } from './delays/health-probe.js'
import { BOUND_MS, type Delay, measure, measureDelays } from './delays/measure-delays.js'
import { api, send } from './harness/api.js'
import { effort } from './harness/effort.js'
import { Random } from './harness/random.js'
import { MLFLOW_ONLY, startServer } from './harness/server.js'

const REQUESTS = Number(process.env.DELAY_REQUESTS || effort(15, 15, 6000))
const SEED = Number(process.env.DELAY_SEED || 1)
const ONLY = new RegExp(process.env.DELAY_ONLY || '.')

const beyondBound = (delays: readonly Delay[]) =>
  delays
    .filter(({ ms }) => ms > BOUND_MS)
    .map(({ request, status, ms }) => `${request}: ${status}, ${Math.round(ms)} ms`)

function print(delays: readonly Delay[], seconds: number) {
  const longest = delays.toSorted((a, b) => b.ms - a.ms)
  const shown = longest.slice(0, 5).map(({ request, ms }) => `${request} ${Math.round(ms)} ms`)
  console.log(
    `seed ${SEED}: ${delays.length} heavy requests in ${Math.round(seconds)} s on a machine that is ${slowness().toFixed(1)} times slower than the reference; /health waited for ${shown.join(', ')}`,
  )
}

test(
  'no single request of any operation delays /health for long',
  async () => {
    await using server = await startServer()
    await using probe = new HealthProbe(server.url)
    const started = performance.now()
    const delays = await measureDelays(server.url, probe, new Random(SEED), { budget: REQUESTS, only: ONLY })
    print(delays, (performance.now() - started) / 1000)
    expect(beyondBound(delays)).toEqual([])
  },
  120_000 + REQUESTS * 2000,
)

const SPANS = 100_000
const HISTORIES = effort(5, 5, 20)
const spansOf = (count: number) => {
  const span = { traceId: 'a'.repeat(32), name: 'step', startTimeUnixNano: '1', endTimeUnixNano: '2' }
  const spans = Array.from({ length: count }, (_, i) => ({
    ...span,
    spanId: (i + 1).toString(16).padStart(16, '0'),
  }))
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
}

test('neither many spans nor bombs nor long histories delay /health for long', async () => {
  await using server = await startServer({ args: MLFLOW_ONLY })
  await using probe = new HealthProbe(server.url)
  const { url } = server
  const delays: Delay[] = []
  const add = async (request: string, work: () => ReturnType<typeof send>) =>
    void delays.push({ request, ...(await measure(probe, work)) })
  const headers = { 'x-mlflow-experiment-id': '0', 'content-type': 'application/json' }
  const otlp = (body: string | Uint8Array, more: Record<string, string> = {}) =>
    send(url, 'POST', '/v1/traces', { body, headers: { ...headers, ...more } })
  for (const count of [5000, SPANS]) {
    const body = spansOf(count)
    await add(`${count} spans`, () => otlp(body))
  }
  const bomb = gzipSync(Buffer.alloc(120 * 1024 * 1024, ' '))
  await add('ten bombs', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => otlp(bomb, { 'content-encoding': 'gzip' })),
    )
    return answers[0]!
  })
  const run_ids = await longHistories(url, HISTORIES, 20_000)
  const query = { run_ids, metric_key: 'loss', max_results: '2500' }
  await add(`an interval of ${HISTORIES} histories`, () =>
    send(url, 'GET', '/api/2.0/mlflow/metrics/get-history-bulk-interval', { query }),
  )
  print(delays, 0)
  expect(beyondBound(delays)).toEqual([])
  expect(delays.map(({ status }) => status)).toEqual([200, 200, 413, 200])
}, 600_000)

const BATCH = 1000

async function longHistories(url: string, runs: number, points: number): Promise<string[]> {
  const { post } = api(url)
  const ids: string[] = []
  for (let i = 0; i < runs; i++) {
    const { run } = await post<{ run: { info: { run_id: string } } }>('/api/2.0/mlflow/runs/create')
    const { run_id } = run.info
    ids.push(run_id)
    for (let first = 0; first < points; first += BATCH) {
      const metrics = Array.from({ length: BATCH }, (_, j) => ({
        key: 'loss',
        value: j / 7,
        timestamp: first + j,
        step: first + j,
      }))
      await post('/api/2.0/mlflow/runs/log-batch', { run_id, metrics })
    }
  }
  return ids
}
