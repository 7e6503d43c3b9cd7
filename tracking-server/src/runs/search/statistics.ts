import type { MetricStatistics } from '@cairn/platform/protocol/cairn/run-tables'

/** Statistics of values that arrive one by one (Welford), which are stable for values far from 0. */
export class Statistics {
  #count = 0
  #mean = 0
  /** The sum of the squared differences from the mean. */
  #squares = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY

  add(value: number): void {
    this.#count++
    const delta = value - this.#mean
    this.#mean += delta / this.#count
    this.#squares += delta * (value - this.#mean)
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
  }

  of(key: string): MetricStatistics {
    return {
      ...{ key, count: this.#count, mean: this.#mean, min: this.#min, max: this.#max },
      ...(this.#count > 1 && { std: Math.sqrt(this.#squares / (this.#count - 1)) }),
    }
  }
}
