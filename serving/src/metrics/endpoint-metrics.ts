import { Registry } from 'prom-client'
import { type EntityLabels, EntityStats } from './entity-stats.js'
import { histogramSamples, register } from './series.js'

/** Versions come and go: beyond this number the oldest are forgotten. */
const MAX_SERIES = 1_000

type Source = () => readonly EntityStats[]

const HISTOGRAMS = {
  totalMs: 'Time from a request to its response',
  queueMs: 'Time that requests waited for the model',
  modelMs: 'Time from the model taking a request to its response',
} as const

/** The metrics of the queries of all endpoints, for `/metrics` and for the metrics of one endpoint in Databricks' names. */
export class EndpointMetrics {
  readonly #stats = new Map<string, EntityStats>()

  constructor(registry: Registry) {
    const all = () => [...this.#stats.values()]
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
    const key = `${labels.endpoint} ${labels.served_entity} ${labels.version}`
    const present = this.#stats.get(key)
    if (present) return present
    if (this.#stats.size >= MAX_SERIES) this.#stats.delete(this.#stats.keys().next().value!)
    const stats = new EntityStats(labels)
    this.#stats.set(key, stats)
    return stats
  }

  /** Must be called when an endpoint is deleted. */
  forget(endpoint: string): void {
    for (const [key, { labels }] of this.#stats) if (labels.endpoint === endpoint) this.#stats.delete(key)
  }

  /** The metrics of one endpoint in Prometheus' text format, as Databricks exports them. */
  text(endpoint: string): Promise<string> {
    const own = () => [...this.#stats.values()].filter(({ labels }) => labels.endpoint === endpoint)
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
