import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { EndpointMetrics } from './endpoint-metrics.js'
import { LastMinute } from './last-minute.js'

const labels = { endpoint: 'movies', served_entity: 'movies-1', version: '1' }
const times = { queueMs: 30, modelMs: 4 }

/** The values of series by name, without their labels but `status` and `le`. */
const valuesOf = (text: string) =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
      .map((line) => {
        const own = [...line.matchAll(/(?:status|le)="[^"]*"/g)].map(([label]) => label)
        return [`${line.split('{')[0]}{${own}}`, Number(line.split(' ').at(-1))]
      }),
  )

test('counts queries by status, and measures times in milliseconds, those of errors too', async () => {
  const registry = new Registry()
  const metrics = new EndpointMetrics(registry)
  metrics.of(labels).add(200, 35, times)
  metrics.of(labels).add(503, 0.1)
  metrics.of(labels).add(500, 5)
  const values = valuesOf(await registry.metrics())
  expect(values).toMatchObject({
    'cairn_endpoint_requests_total{status="200"}': 1,
    'cairn_endpoint_requests_total{status="503"}': 1,
    'cairn_endpoint_requests_total{status="500"}': 1,
    'cairn_endpoint_prediction_latency_ms_count{}': 3,
    'cairn_endpoint_prediction_latency_ms_sum{}': 40.1,
    'cairn_endpoint_prediction_latency_ms_bucket{le="0.5"}': 1,
    'cairn_endpoint_prediction_latency_ms_bucket{le="5"}': 2,
    'cairn_endpoint_prediction_latency_ms_bucket{le="+Inf"}': 3,
    'cairn_endpoint_queue_time_ms_sum{}': 30,
    'cairn_endpoint_model_latency_ms_sum{}': 4,
  })
})

test("exports one endpoint with Databricks' names", async () => {
  const metrics = new EndpointMetrics(new Registry())
  metrics.of(labels).add(200, 35, times)
  metrics.of(labels).add(400, 1)
  metrics.of({ ...labels, endpoint: 'other' }).add(500, 1)
  expect(valuesOf(await metrics.text('movies'))).toMatchObject({
    'request_count_total{}': 2,
    'request_4xx_count_total{}': 1,
    'request_5xx_count_total{}': 0,
    'request_latency_ms_count{}': 2,
    'model_prediction_latency_ms_sum{}': 4,
    'model_queue_time_ms_sum{}': 30,
  })
})

test('forgets deleted endpoints', async () => {
  const metrics = new EndpointMetrics(new Registry())
  metrics.of(labels).add(200, 1, times)
  metrics.of({ ...labels, endpoint: 'other' }).add(200, 1, times)
  metrics.retain(new Set(['other']))
  expect(valuesOf(await metrics.text('movies'))).toEqual({})
  expect(valuesOf(await metrics.text('other'))).toMatchObject({ 'request_count_total{}': 1 })
})

test('keeps a quiet endpoint while others are queried in many versions', async () => {
  const metrics = new EndpointMetrics(new Registry())
  metrics.of(labels).add(200, 1, times)
  for (let n = 0; n < 2_000; n++) {
    metrics.of({ ...labels, endpoint: `e${n}` }).add(200, 1, times)
    metrics.of({ ...labels, endpoint: 'busy', version: String(n) }).add(200, 1, times)
  }
  expect(valuesOf(await metrics.text('movies'))).toMatchObject({ 'request_latency_ms_count{}': 1 })
})

test('keeps the versions of an endpoint that are still queried', async () => {
  const metrics = new EndpointMetrics(new Registry())
  for (let n = 0; n < 1_000; n++) {
    metrics.of(labels).add(200, 1, times)
    metrics.of({ ...labels, served_entity: 'next', version: String(n) }).add(200, 1, times)
  }
  const text = await metrics.text('movies')
  expect(text).toContain(
    'request_latency_ms_count{endpoint="movies",served_entity="movies-1",version="1"} 1000',
  )
  expect(text.match(/request_latency_ms_count/g)!.length).toBe(100)
})

test('the last minute slides', () => {
  let ms = 0
  const recent = new LastMinute(() => ms)
  recent.add()
  ms = 30_000
  recent.add()
  expect(recent.count).toBe(2)
  ms = 60_000
  expect(recent.count).toBe(1)
  ms = 89_999
  expect(recent.count).toBe(1)
  ms = 90_000
  expect(recent.count).toBe(0)
  recent.add()
  ms = 10_000_000
  expect(recent.count).toBe(0)
})
