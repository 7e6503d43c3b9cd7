import { expect, test } from 'vitest'
import { anEndpoint } from '../testing/fixtures.js'
import { linesOf } from './live-lines.js'
import { appendSample, errorCurve, latencyCurve, rateCurve, type Sample, WINDOW_MS } from './live-samples.js'
import { parseMetrics } from './metrics-text.js'
import { percentile } from './percentile.js'

/** The text of the server for entities with requests of at most 10 ms, at most 100 ms, and slower. */
function metricsText(entities: readonly [name: string, version: string, counts: readonly number[]][]) {
  const lines = entities.flatMap(([name, version, [fast = 0, slow = 0, slower = 0]]) => {
    const labels = `endpoint="e",served_entity="${name}",version="${version}"`
    return [
      `request_latency_ms_bucket{${labels},le="10"} ${fast}`,
      `request_latency_ms_bucket{${labels},le="100"} ${fast + slow}`,
      `request_latency_ms_bucket{${labels},le="+Inf"} ${fast + slow + slower}`,
      `request_latency_ms_sum{${labels}} 1`,
      `request_count_total{${labels}} 8`,
      `request_4xx_count_total{${labels}} 1`,
      `request_5xx_count_total{${labels}} 1`,
    ]
  })
  return ['# HELP request_count_total Requests of the last minute', ...lines, ''].join('\n')
}

const sample = (time: number, counts: readonly number[], name = 'main'): Sample => ({
  time,
  entities: parseMetrics(metricsText([[name, '1', counts]])),
})

test('reads metrics, and adds the versions of an entity', () => {
  const counts = parseMetrics(
    metricsText([
      ['main', '1', [1, 2, 3]],
      ['main', '2', [10, 0, 0]],
      ['canary', '2', [0, 0, 1]],
    ]),
  )
  expect(counts.get('main')).toEqual({
    buckets: [
      { le: 10, count: 11 },
      { le: 100, count: 13 },
      { le: Number.POSITIVE_INFINITY, count: 16 },
    ],
    recent: { requests: 16, errors: 4 },
  })
  expect([...counts.keys()]).toEqual(['main', 'canary'])
  expect(parseMetrics('').size).toBe(0)
})

test('estimates percentiles linearly within a bucket', () => {
  const buckets = [
    { le: 10, count: 50 },
    { le: 20, count: 90 },
    { le: Number.POSITIVE_INFINITY, count: 100 },
  ]
  expect(percentile(buckets, 0.5)).toBe(10)
  expect(percentile(buckets, 0.25)).toBe(5)
  expect(percentile(buckets, 0.7)).toBe(15)
  expect(percentile(buckets, 0.95)).toBe(20) // beyond the last bound
  expect(percentile([], 0.5)).toBeNaN()
  expect(percentile([{ le: 10, count: 0 }], 0.5)).toBeNaN()
})

test('computes rate, errors and latency between samples', () => {
  const samples = [sample(0, [5]), sample(2_000, [5, 4]), sample(4_000, [5, 4])]
  expect(rateCurve(samples, 'main')).toEqual({ xs: [2, 4], ys: [2, 0] })
  expect(errorCurve(samples, 'main').ys).toEqual([25, 25])
  expect(latencyCurve(samples, 'main', 0.5).ys).toEqual([55, 55])
  expect(errorCurve(samples, 'unknown').ys).toEqual([0, 0])
})

test('latency is of the last seconds only', () => {
  const samples = [sample(0, [0]), sample(2_000, [4]), sample(30_000, [4]), sample(32_000, [4, 2])]
  expect(latencyCurve(samples, 'main', 0.5).ys).toEqual([5, Number.NaN, 55])
})

test('a new entity starts at zero, and a restart leaves a gap', () => {
  const samples = [sample(0, [9], 'other'), sample(1_000, [3]), sample(2_000, [1]), sample(3_000, [2])]
  expect(rateCurve(samples, 'main').ys).toEqual([3, Number.NaN, 1])
  expect(latencyCurve(samples.slice(1), 'main', 0.5).ys[0]).toBeNaN()
})

test('drops samples older than the window', () => {
  const samples = appendSample([sample(0, []), sample(5, [])], sample(WINDOW_MS, []))
  expect(samples.map(({ time }) => time)).toEqual([5, WINDOW_MS])
})

test('names the entity in a line of latency only if there are several', () => {
  const labels = { p50: 'median', p95: 'p95' }
  const one = linesOf(anEndpoint('e', [{ name: 'a' }]).config, [], labels)
  expect(one.latency.map(({ label }) => label)).toEqual(['median', 'p95'])
  const two = linesOf(anEndpoint('e', [{ name: 'a' }, { name: 'b' }]).config, [], labels)
  expect(two.latency.map(({ label }) => label)).toEqual(['a, median', 'a, p95', 'b, median', 'b, p95'])
  expect(linesOf(undefined, [], labels).rate).toEqual([])
})
