import type { Metric, MetricType, Registry } from 'prom-client'
import type { Histogram } from './histogram.js'

type Labels = Readonly<Record<string, string | number>>

interface Sample {
  readonly labels: Labels
  readonly value: number
  readonly metricName?: string
}

interface Series {
  readonly name: string
  readonly help: string
  readonly type: `${'counter' | 'gauge' | 'histogram'}`
  /** Called when the metrics are read. */
  readonly samples: () => readonly Sample[]
}

/** Registers a series whose values are counted elsewhere, because prom-client's own counters cost microseconds per request. */
export function register(registry: Registry, { name, help, type, samples }: Series): void {
  const metric = {
    name,
    get: async () => ({
      name,
      help,
      type: type as unknown as MetricType,
      values: samples(),
      aggregator: 'sum',
    }),
    reset: () => undefined,
  }
  registry.registerMetric(metric as unknown as Metric)
}

/** Returns the samples of one histogram in Prometheus' cumulative form. */
export function histogramSamples(name: string, labels: Labels, histogram: Histogram): Sample[] {
  let total = 0
  const buckets = [...histogram.buckets, '+Inf'].map((le, n) => {
    total += histogram.counts[n]!
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: histogram.sum },
    { metricName: `${name}_count`, labels, value: total },
  ]
}
