import type { MetricBucket } from '@cairn/platform/protocol/cairn/metric-buckets'
import type { MetricChunkRow } from '../schema.js'
import { alignedWidth } from './chunk-blocks.js'
import { PackedPoints, unpack } from './point-codec.js'
import { type ChunkSummary, PointSummary } from './point-summary.js'
import { packSummaries, SummaryReader } from './summary-codec.js'

/** Buckets of `width` steps from `start` to `end`, both inclusive. The first and the last may be narrower. */
export interface BucketGrid {
  readonly start: number
  readonly end: number
  readonly width: number
  /** The first step that the first bucket would have if `start` did not cut it. */
  readonly origin: number
  /** True if buckets start at the multiples of a power of two, so that they do not cut narrower blocks of chunks. */
  readonly isAligned: boolean
}

/** Divides steps into at most `count` buckets. Aligns them unless aligned buckets would be much wider. */
export function bucketGrid(start: number, end: number, count: number): BucketGrid {
  const least = Math.max(1, Math.ceil((end - start + 1) / count))
  const width = alignedWidth(start, end, count)
  const isAligned = width < 4 * least
  return isAligned
    ? { start, end, width, origin: Math.floor(start / width) * width, isAligned }
    : { start, end, width: least, origin: start, isAligned }
}

/** The chunks of a run that are within one bucket each, as a JSON list, or one other chunk with its points or its blocks. */
export type BucketChunks =
  | { readonly summaries: string }
  | ({ readonly summaries: null } & Pick<MetricChunkRow, 'first_step' | 'stride' | 'blocks'> & {
        readonly points: string | null
      })

/** Aggregates the points of a run into the buckets of a grid. */
export class Buckets {
  readonly #grid: BucketGrid
  readonly #summaries = new Map<number, PointSummary>()
  readonly #blocks = new SummaryReader((min, max, lastStep, timestamp, value) =>
    this.#at(lastStep).addAggregates(min, max, lastStep, timestamp, value),
  )

  constructor(grid: BucketGrid) {
    this.#grid = grid
  }

  addChunks(chunks: BucketChunks) {
    if (chunks.summaries !== null)
      for (const chunk of JSON.parse(chunks.summaries) as ChunkSummary[])
        this.#at(chunk.first_step).addChunk(chunk)
    else if (chunks.blocks !== null) this.#blocks.read(chunks.blocks)
    else if (chunks.stride !== null)
      this.#addRegular(chunks.first_step, chunks.stride, new PackedPoints(chunks.points!))
    else this.add(chunks.points!)
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
        first = this.#borderBefore(this.#indexOf(step))
      }
      summary.add(step, timestamps[i]!, values[i]!)
    }
  }

  list(): MetricBucket[] {
    const { start, width, end } = this.#grid
    return this.#sorted().map(([at, summary]) => {
      const border = this.#borderBefore(at)
      return {
        first_step: Math.max(border, start),
        last_step: Math.min(border + width - 1, end),
        ...(summary.min <= summary.max && { min: summary.min, max: summary.max }),
        last: Number.isNaN(summary.latestValue) ? 'NaN' : summary.latestValue,
        last_timestamp: summary.latestTimestamp,
      }
    })
  }

  pack(): string {
    return packSummaries(this.#sorted().map(([, summary]) => summary))
  }

  #sorted() {
    return [...this.#summaries].sort(([a], [b]) => a - b)
  }

  /** Decodes no steps, and aggregates the points of each bucket at once. */
  #addRegular(firstStep: number, stride: number, points: PackedPoints) {
    const { start, end, width } = this.#grid
    const values = points.values()
    const indexOf = (step: number) => Math.min(values.length - 1, Math.floor((step - firstStep) / stride))
    let i = Math.max(0, Math.ceil((start - firstStep) / stride))
    while (i < values.length && firstStep + i * stride <= end) {
      const bucket = this.#indexOf(firstStep + i * stride)
      const j = indexOf(Math.min(this.#borderBefore(bucket) + width - 1, end))
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
    return Math.floor((step - this.#grid.origin) / this.#grid.width)
  }

  #borderBefore(bucket: number): number {
    return this.#grid.origin + bucket * this.#grid.width
  }
}
