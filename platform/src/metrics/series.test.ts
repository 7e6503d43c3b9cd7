import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { Histogram } from './histogram.js'
import { histogramSamples, register } from './series.js'

test('a value that equals a limit belongs to its bucket', () => {
  const histogram = new Histogram([0.5, 1, 10])
  for (const value of [0.5, 1, 10, 1e9]) histogram.add(value)
  expect([...histogram.counts]).toEqual([1, 1, 1, 1])
})

test('buckets are cumulative in the text of Prometheus', async () => {
  const [registry, histogram] = [new Registry(), new Histogram([1, 2])]
  for (const value of [0.5, 1.5, 1.5, 3]) histogram.add(value)
  const samples = () => histogramSamples('took', { route: '/a' }, histogram)
  register(registry, { name: 'took', help: 'Time', type: 'histogram', samples })
  expect((await registry.metrics()).trim().split('\n')).toEqual([
    '# HELP took Time',
    '# TYPE took histogram',
    'took_bucket{route="/a",le="1"} 1',
    'took_bucket{route="/a",le="2"} 3',
    'took_bucket{route="/a",le="+Inf"} 4',
    'took_sum{route="/a"} 6.5',
    'took_count{route="/a"} 4',
  ])
})
