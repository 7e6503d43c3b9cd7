import type { MetricBucket } from '@cairn/platform/protocol/metrics'
import { type ChunkSummary, PointSummary } from './chunk.js'
import { PackedPoints, unpack } from './point-codec.js'

/** Buckets of `width` steps from `start` to `end`, both inclusive. */
export interface BucketGrid {
  readonly start: number
  readonly end: number
  readonly width: number
}

export type BucketChunk = ChunkSummary & {
  /** Null for chunks that are within one bucket. */
  readonly points: string | null
}

/** Aggregates the points of a run into the buckets of a grid. */
export class Buckets {
  readonly #grid: BucketGrid
  readonly #summaries = new Map<number, PointSummary>()

  constructor(grid: BucketGrid) {
    this.#grid = grid
  }

  addChunk(chunk: BucketChunk) {
    if (chunk.points === null) this.#at(chunk.first_step).addChunk(chunk)
    else if (chunk.stride !== null)
      this.#addRegular(chunk.first_step, chunk.stride, new PackedPoints(chunk.points))
    else this.add(chunk.points)
  }

  /** @param packed points in any order */
  add(packed: string) {
    const { start, end, width } = this.#grid
    const { timestamps, steps, values } = unpack(packed)
    let summary: PointSummary | undefined
    let first = 0
    for (let i = 0; i < values.length; i++) {
      const step = steps[i]!
      if (step < start || step > end) continue
      if (!summary || step < first || step >= first + width) {
        summary = this.#at(step) // most points are in the bucket of the previous one
        first = this.#firstStep(this.#indexOf(step))
      }
      summary.add(step, timestamps[i]!, values[i]!)
    }
  }

  list(): MetricBucket[] {
    const { width, end } = this.#grid
    return [...this.#summaries]
      .sort(([a], [b]) => a - b)
      .map(([at, summary]) => {
        const first_step = this.#firstStep(at)
        return {
          first_step,
          last_step: Math.min(first_step + width - 1, end),
          ...(summary.min <= summary.max && { min: summary.min, max: summary.max }),
          last: Number.isNaN(summary.latestValue) ? 'NaN' : summary.latestValue,
          last_timestamp: summary.latestTimestamp,
        }
      })
  }

  /** Decodes no steps, and aggregates the points of each bucket at once. */
  #addRegular(firstStep: number, stride: number, points: PackedPoints) {
    const { start, end, width } = this.#grid
    const values = points.values()
    const indexOf = (step: number) => Math.min(values.length - 1, Math.floor((step - firstStep) / stride))
    let i = Math.max(0, Math.ceil((start - firstStep) / stride))
    while (i < values.length && firstStep + i * stride <= end) {
      const bucket = this.#indexOf(firstStep + i * stride)
      const j = indexOf(Math.min(this.#firstStep(bucket) + width - 1, end))
      const last = { step: firstStep + j * stride, timestamp: points.timestamps[j]! }
      this.#atIndex(bucket).addValues(values, i, j, last)
      i = j + 1
    }
  }

  #at(step: number): PointSummary {
    return this.#atIndex(this.#indexOf(step))
  }

  #atIndex(bucket: number): PointSummary {
    const summary = this.#summaries.get(bucket) ?? new PointSummary()
    this.#summaries.set(bucket, summary)
    return summary
  }

  #indexOf(step: number): number {
    return Math.floor((step - this.#grid.start) / this.#grid.width)
  }

  #firstStep(bucket: number): number {
    return this.#grid.start + bucket * this.#grid.width
  }
}
