import type { PointColumns } from './point-columns.js'
import { PointSummary } from './point-summary.js'

/** Maximum number of blocks of a chunk. */
const MAX_BLOCKS = 16

export interface ChunkBlocks {
  /** Number of steps of a block, a power of two. Blocks start at its multiples, so that wider aligned buckets cut none. */
  readonly width: number
  /** Blocks with points, in no order. */
  readonly summaries: readonly PointSummary[]
}

/** Returns the summaries of a chunk that charts read instead of its points. */
export function blocksOf({ timestamps, steps, values }: PointColumns): ChunkBlocks {
  const width = widthOf(steps)
  const blocks = new Map<number, PointSummary>()
  let summary = new PointSummary()
  let block = Number.NaN
  for (let i = 0; i < values.length; i++) {
    const own = Math.floor(steps[i]! / width)
    if (own !== block) {
      block = own
      summary = blocks.get(block) ?? new PointSummary()
      blocks.set(block, summary)
    }
    summary.add(steps[i]!, timestamps[i]!, values[i]!)
  }
  return { width, summaries: [...blocks.values()] }
}

function widthOf(steps: Float64Array): number {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (let i = 0; i < steps.length; i++) {
    if (steps[i]! < first) first = steps[i]!
    if (steps[i]! > last) last = steps[i]!
  }
  return alignedWidth(first, last, MAX_BLOCKS)
}

/** Returns the smallest power of two whose multiples divide the steps from `first` to `last` into at most `count` ranges, or 2⁵³. */
export function alignedWidth(first: number, last: number, count: number): number {
  let width = 1
  while (Math.floor(last / width) - Math.floor(first / width) >= count && width <= Number.MAX_SAFE_INTEGER)
    width *= 2
  return width
}
