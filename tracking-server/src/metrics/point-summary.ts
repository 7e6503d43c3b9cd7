import type { MetricChunkRow } from '../schema.js'

/** The columns of a chunk that charts read, if possible instead of its points. */
export type ChunkSummary = Pick<
  MetricChunkRow,
  | 'first_step'
  | 'last_step'
  | 'min_value'
  | 'max_value'
  | 'latest_timestamp'
  | 'latest_value'
  | 'latest_is_nan'
>

/** Summarizes points for charts. Adding a point is idempotent. */
export class PointSummary {
  firstStep = Number.POSITIVE_INFINITY
  lastStep = Number.NEGATIVE_INFINITY
  /** Infinite until a number is added. */
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  /** The latest point by step, timestamp and value. */
  latestTimestamp = 0
  latestValue = Number.NaN

  addSummary({ firstStep, lastStep, min, max, latestTimestamp, latestValue }: PointSummary) {
    if (firstStep < this.firstStep) this.firstStep = firstStep
    this.addAggregates(min, max, lastStep, latestTimestamp, latestValue)
  }

  /** @param min infinite, like `max`, if all values are NaN */
  addAggregates(min: number, max: number, lastStep: number, latestTimestamp: number, latestValue: number) {
    if (min < this.min) this.min = min
    if (max > this.max) this.max = max
    this.#advance(lastStep, latestTimestamp, latestValue)
  }

  add(step: number, timestamp: number, value: number) {
    if (step < this.firstStep) this.firstStep = step
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    this.#advance(step, timestamp, value)
  }

  /** Adds the values from `i` to `j`, whose steps increase. */
  addValues(values: Float64Array, i: number, j: number, last: { step: number; timestamp: number }) {
    let { min, max } = this
    for (let at = i; at <= j; at++) {
      const value = values[at]!
      if (value < min) min = value
      if (value > max) max = value
    }
    this.min = min
    this.max = max
    this.#advance(last.step, last.timestamp, values[j]!)
  }

  addChunk(chunk: ChunkSummary) {
    if (chunk.first_step < this.firstStep) this.firstStep = chunk.first_step
    if (chunk.min_value !== null && chunk.min_value < this.min) this.min = chunk.min_value
    if (chunk.max_value !== null && chunk.max_value > this.max) this.max = chunk.max_value
    const value = chunk.latest_is_nan ? Number.NaN : chunk.latest_value
    this.#advance(chunk.last_step, chunk.latest_timestamp, value)
  }

  #advance(step: number, timestamp: number, value: number) {
    const later =
      step - this.lastStep || timestamp - this.latestTimestamp || (isLarger(value, this.latestValue) ? 1 : 0)
    if (later <= 0) return
    this.lastStep = step
    this.latestTimestamp = timestamp
    this.latestValue = value
  }
}

/** A number is larger than NaN. */
const isLarger = (a: number, b: number) => (Number.isNaN(b) ? !Number.isNaN(a) : a > b)
