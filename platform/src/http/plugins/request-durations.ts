import type { Registry } from 'prom-client'
import { Histogram } from '../../metrics/histogram.js'
import { histogramSamples, register } from '../../metrics/series.js'

const NAME = 'cairn_http_request_duration_seconds'
const BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

interface RequestLabels {
  readonly method: string
  /** The pattern of the path. */
  readonly route: string
  readonly status: number
}

interface Durations {
  readonly labels: RequestLabels
  readonly seconds: Histogram
}

/** The durations of requests by method, route and status. */
export class RequestDurations {
  readonly #series = new Map<string, Durations>()

  constructor(registry: Registry) {
    register(registry, {
      name: NAME,
      help: 'Time from the first byte of a request to the last byte of its response',
      type: 'histogram',
      samples: () =>
        [...this.#series.values()].flatMap(({ labels, seconds }) =>
          histogramSamples(NAME, { ...labels }, seconds),
        ),
    })
  }

  add(method: string, route: string, status: number, seconds: number): void {
    const key = `${status} ${method} ${route}`
    let series = this.#series.get(key)
    if (!series) {
      series = { labels: { method, route, status }, seconds: new Histogram(BUCKETS_SECONDS) }
      this.#series.set(key, series)
    }
    series.seconds.add(seconds)
  }
}
