import { Histogram } from '@cairn/platform/metrics/histogram'
import { LastMinute } from './last-minute.js'

const BUCKETS_MS = [0.5, 1, 2, 5, 10, 25, 50, 100, 250, 1000, 10_000]

/** The labels of a series. */
export interface EntityLabels {
  readonly endpoint: string
  readonly served_entity: string
  readonly version: string
}

/** The queries of one version of a served entity since the start of this process. */
export class EntityStats {
  readonly labels: EntityLabels
  readonly byStatus = new Map<number, number>()
  readonly totalMs = new Histogram(BUCKETS_MS)
  readonly queueMs = new Histogram(BUCKETS_MS)
  readonly modelMs = new Histogram(BUCKETS_MS)
  readonly recent = {
    requests: new LastMinute(),
    clientErrors: new LastMinute(),
    serverErrors: new LastMinute(),
  }

  /** The time of the last query on the monotonic clock, in milliseconds. */
  usedAt = performance.now()

  constructor(labels: EntityLabels) {
    this.labels = labels
  }

  /** @param times undefined for an error */
  add(status: number, totalMs: number, times?: { readonly queueMs: number; readonly modelMs: number }): void {
    this.usedAt = performance.now()
    this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + 1)
    this.totalMs.add(totalMs)
    this.recent.requests.add()
    if (status >= 500) this.recent.serverErrors.add()
    else if (status >= 400) this.recent.clientErrors.add()
    if (!times) return
    this.queueMs.add(times.queueMs)
    this.modelMs.add(times.modelMs)
  }
}
