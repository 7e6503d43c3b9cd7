import { ApiError } from '@cairn/platform/errors'
import { Counter, Histogram, type Registry } from 'prom-client'
import type { Prediction } from '../runtime/request-queue.js'

const BUCKETS_MS = [0.5, 1, 2, 5, 10, 25, 50, 100, 250, 1000, 10_000]

export interface MetricLabels {
  readonly endpoint: string
  readonly served_entity: string
  readonly version: string
}

/** Metrics of the queries of endpoints, for `/metrics`. */
export class EndpointMetrics {
  readonly #requests: Counter
  readonly #total: Histogram
  readonly #queue: Histogram
  readonly #model: Histogram

  constructor(registry: Registry) {
    const labelNames = ['endpoint', 'served_entity', 'version']
    const registers = [registry]
    this.#requests = new Counter({
      name: 'cairn_endpoint_requests_total',
      help: 'Requests to endpoints by status code',
      labelNames: [...labelNames, 'status'],
      registers,
    })
    const histogram = (name: string, help: string) =>
      new Histogram({ name: `cairn_endpoint_${name}`, help, labelNames, buckets: BUCKETS_MS, registers })
    this.#total = histogram('prediction_latency_ms', 'Time from a request to its predictions or its error')
    this.#queue = histogram('queue_time_ms', 'Time that requests waited for the model')
    this.#model = histogram('model_latency_ms', 'Time from the model taking a request to its predictions')
  }

  /** Awaits a prediction and records its times and its outcome. */
  async observe(labels: MetricLabels, prediction: Promise<Prediction>): Promise<unknown> {
    const begun = performance.now()
    let status = 200
    try {
      const { predictions, queueMs, modelMs } = await prediction
      this.#queue.observe({ ...labels }, queueMs)
      this.#model.observe({ ...labels }, modelMs)
      return predictions
    } catch (error) {
      status = error instanceof ApiError ? error.statusCode : 500
      throw error
    } finally {
      this.#total.observe({ ...labels }, performance.now() - begun)
      this.#requests.inc({ ...labels, status })
    }
  }
}
