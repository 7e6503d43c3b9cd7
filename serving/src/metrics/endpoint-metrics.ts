import { histogramSamples, register } from '@cairn/platform/metrics/series'
import { Registry } from 'prom-client'
import { type EntityLabels, EntityStats } from './entity-stats.js'

/** Beyond this number of versions of an endpoint, the least recently queried are removed. */
const MAX_SERIES = 100

type Source = () => readonly EntityStats[]

const HISTOGRAMS = {
  totalMs: 'Time from a request to its response',
  queueMs: 'Time that requests waited for the model',
  modelMs: 'Time from the model taking a request to its response',
} as const

/** The metrics of the queries of all endpoints, for `/metrics` and for the metrics of one endpoint in Databricks' names. */
export class EndpointMetrics {
  readonly #byEndpoint = new Map<string, Map<string, EntityStats>>()

  constructor(registry: Registry) {
    const all = () => [...this.#byEndpoint.values()].flatMap((series) => [...series.values()])
    const names = { totalMs: 'prediction_latency_ms', queueMs: 'queue_time_ms', modelMs: 'model_latency_ms' }
    registerHistograms(registry, all, (key) => `cairn_endpoint_${names[key]}`)
    register(registry, {
      name: 'cairn_endpoint_requests_total',
      help: 'Requests to endpoints by status code',
      type: 'counter',
      samples: () =>
        all().flatMap(({ labels, byStatus }) =>
          [...byStatus].map(([status, value]) => ({ labels: { ...labels, status }, value })),
        ),
    })
  }

  of(labels: EntityLabels): EntityStats {
    const present = this.#byEndpoint.get(labels.endpoint)
    const series = present ?? new Map<string, EntityStats>()
    if (!present) this.#byEndpoint.set(labels.endpoint, series)
    const key = `${labels.served_entity} ${labels.version}`
    const known = series.get(key)
    if (known) return known
    if (series.size >= MAX_SERIES) series.delete(longestUnused(series))
    const stats = new EntityStats(labels)
    series.set(key, stats)
    return stats
  }

  /** Removes the metrics of all other endpoints. */
  retain(endpoints: ReadonlySet<string>): void {
    for (const endpoint of this.#byEndpoint.keys())
      if (!endpoints.has(endpoint)) this.#byEndpoint.delete(endpoint)
  }

  /** The metrics of one endpoint in Prometheus' text format, as Databricks exports them. */
  text(endpoint: string): Promise<string> {
    const own = () => [...(this.#byEndpoint.get(endpoint)?.values() ?? [])]
    const registry = new Registry()
    const names = {
      totalMs: 'request_latency_ms',
      queueMs: 'model_queue_time_ms',
      modelMs: 'model_prediction_latency_ms',
    }
    registerHistograms(registry, own, (key) => names[key])
    for (const [name, key] of [
      ['request_count_total', 'requests'],
      ['request_4xx_count_total', 'clientErrors'],
      ['request_5xx_count_total', 'serverErrors'],
    ] as const)
      register(registry, {
        name,
        help: 'Requests of the last minute',
        type: 'gauge',
        samples: () =>
          own().map(({ labels, recent }) => ({ labels: { ...labels }, value: recent[key].count })),
      })
    return registry.metrics()
  }
}

/** The key of the series. */
function longestUnused(series: ReadonlyMap<string, EntityStats>): string {
  const byUse = [...series].sort(([, a], [, b]) => a.usedAt - b.usedAt)
  return byUse[0]![0]
}

function registerHistograms(
  registry: Registry,
  source: Source,
  nameOf: (key: keyof typeof HISTOGRAMS) => string,
) {
  for (const [key, help] of Object.entries(HISTOGRAMS) as [keyof typeof HISTOGRAMS, string][]) {
    const name = nameOf(key)
    const samples = () => source().flatMap((stats) => histogramSamples(name, { ...stats.labels }, stats[key]))
    register(registry, { name, help, type: 'histogram', samples })
  }
}
