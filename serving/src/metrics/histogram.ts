export const BUCKETS_MS = [0.5, 1, 2, 5, 10, 25, 50, 100, 250, 1000, 10_000]

/** Counts of times by bucket. An addition costs nanoseconds. */
export class Histogram {
  /** One count for each bucket, and one for longer times. */
  readonly counts = new Float64Array(BUCKETS_MS.length + 1)
  sum = 0

  add(ms: number): void {
    let bucket = 0
    while (bucket < BUCKETS_MS.length && ms > BUCKETS_MS[bucket]!) bucket++
    this.counts[bucket]! += 1
    this.sum += ms
  }

  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0)
  }
}
