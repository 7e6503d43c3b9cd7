import { ApiError } from '@cairn/platform/errors'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { EndpointMetrics } from './endpoint-metrics.js'

const labels = { endpoint: 'movies', served_entity: 'movies-1', version: '1' }

test('counts requests by status, and measures times in milliseconds, those of errors too', async () => {
  const registry = new Registry()
  const metrics = new EndpointMetrics(registry)
  const prediction = { predictions: [1], queueMs: 30, modelMs: 4 }
  expect(await metrics.observe(labels, Promise.resolve(prediction))).toEqual([1])
  const refused = Promise.reject(new ApiError('TEMPORARILY_UNAVAILABLE', 'busy'))
  await expect(metrics.observe(labels, refused)).rejects.toThrow('busy')
  const slow = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('broken')), 5))
  await expect(metrics.observe(labels, slow)).rejects.toThrow('broken')
  const values = Object.fromEntries(
    (await registry.metrics())
      .split('\n')
      .filter((line) => /_total\{|_sum|_count/.test(line))
      .map((line) => [line.replace(/\{.*?(status="\d+")?\}.*/, '{$1}'), Number(line.split(' ').at(-1))]),
  )
  expect(values).toMatchObject({
    'cairn_endpoint_requests_total{status="200"}': 1,
    'cairn_endpoint_requests_total{status="503"}': 1,
    'cairn_endpoint_requests_total{status="500"}': 1,
    'cairn_endpoint_prediction_latency_ms_count{}': 3,
    'cairn_endpoint_queue_time_ms_sum{}': 30,
    'cairn_endpoint_model_latency_ms_sum{}': 4,
  })
  expect(values['cairn_endpoint_prediction_latency_ms_sum{}']).toBeGreaterThan(4)
})
