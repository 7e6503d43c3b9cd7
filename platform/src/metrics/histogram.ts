/** Counts values by bucket. An addition costs nanoseconds, and microseconds with prom-client's own histograms. */
export class Histogram {
  /** The upper bounds in ascending order. */
  readonly buckets: readonly number[]
  /** One count for each bucket, and one for larger values. */
  readonly counts: Float64Array
  sum = 0

  constructor(buckets: readonly number[]) {
    this.buckets = buckets
    this.counts = new Float64Array(buckets.length + 1)
  }

  add(value: number): void {
    let bucket = 0
    while (bucket < this.buckets.length && value > this.buckets[bucket]!) bucket++
    this.counts[bucket]! += 1
    this.sum += value
  }
}
