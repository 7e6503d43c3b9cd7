import type { Columns } from '@cairn/platform/db/dialect'
import type { MetricChunkRow } from '../schema.js'
import { pack } from './point-codec.js'
import { type PointColumns, slice } from './point-columns.js'

export const CHUNK_COLUMNS: Columns = {
  key: 'text',
  first_timestamp: 'bigint',
  chunk_id: 'bigint',
  last_timestamp: 'bigint',
  first_step: 'bigint',
  last_step: 'bigint',
  size: 'integer',
  min_value: 'double precision',
  max_value: 'double precision',
  latest_timestamp: 'bigint',
  latest_value: 'double precision',
  latest_is_nan: 'integer',
  points: 'text',
  stride: 'bigint',
}

/** Maximum number of points in a chunk; small, because charts unpack the chunks at bucket borders. */
const MAX_SIZE = 512

export function toChunks(key: string, points: PointColumns): Omit<MetricChunkRow, 'run_id'>[] {
  const starts = Array.from({ length: Math.ceil(points.values.length / MAX_SIZE) }, (_, i) => i * MAX_SIZE)
  return starts.map((start) => toChunk(key, slice(points, start, start + MAX_SIZE)))
}

/** @param points in the order of the history, at least one */
function toChunk(key: string, points: PointColumns): Omit<MetricChunkRow, 'run_id'> {
  const { timestamps, steps, values } = points
  const range = new PointSummary()
  for (let i = 0; i < values.length; i++) range.add(steps[i]!, timestamps[i]!, values[i]!)
  const isNan = Number.isNaN(range.latestValue)
  return {
    key,
    first_timestamp: timestamps[0]!,
    chunk_id: randomId(),
    last_timestamp: timestamps.at(-1)!,
    first_step: range.firstStep,
    last_step: range.lastStep,
    size: values.length,
    min_value: finite(range.min),
    max_value: finite(range.max),
    latest_timestamp: range.latestTimestamp,
    latest_value: isNan ? 0 : range.latestValue,
    latest_is_nan: isNan ? 1 : 0,
    points: pack(points),
    stride: strideOf(steps),
  }
}

/** The positive difference of all consecutive steps; null if they differ. */
function strideOf(steps: Float64Array): number | null {
  if (steps.length === 1) return 1
  const stride = steps[1]! - steps[0]!
  if (stride <= 0) return null
  for (let i = 2; i < steps.length; i++) if (steps[i]! - steps[i - 1]! !== stride) return null
  return stride
}

/** The columns of a chunk that charts read, if possible in place of its points. */
export type ChunkSummary = Pick<
  MetricChunkRow,
  | 'first_step'
  | 'last_step'
  | 'min_value'
  | 'max_value'
  | 'latest_timestamp'
  | 'latest_value'
  | 'latest_is_nan'
  | 'stride'
>

/** Summary of points that charts show. Adding a point is idempotent. */
export class PointSummary {
  firstStep = Number.POSITIVE_INFINITY
  lastStep = Number.NEGATIVE_INFINITY
  /** Infinite until a number is added. */
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  /** The latest point by step, timestamp and value. */
  latestTimestamp = 0
  latestValue = Number.NaN

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

const finite = (value: number) => (Number.isFinite(value) ? value : null)

/** Random, because several servers may write chunks of the same key concurrently. */
export const randomId = () => Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)
