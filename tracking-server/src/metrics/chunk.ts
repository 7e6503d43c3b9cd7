import type { Columns } from '@cairn/platform/db/dialect'
import type { MetricChunkRow } from '../schema.js'
import { blocksOf } from './chunk-blocks.js'
import { pack } from './point-codec.js'
import { type PointColumns, slice } from './point-columns.js'
import { PointSummary } from './point-summary.js'
import { packSummaries } from './summary-codec.js'

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
  block_width: 'bigint',
  blocks: 'text',
}

/** Maximum number of points in a chunk; small, because charts of few steps unpack the chunks at bucket borders. */
const MAX_SIZE = 512

export function toChunks(key: string, points: PointColumns): Omit<MetricChunkRow, 'run_id'>[] {
  const starts = Array.from({ length: Math.ceil(points.values.length / MAX_SIZE) }, (_, i) => i * MAX_SIZE)
  return starts.map((start) => toChunk(key, slice(points, start, start + MAX_SIZE)))
}

/** @param points in the order of the history, at least one */
function toChunk(key: string, points: PointColumns): Omit<MetricChunkRow, 'run_id'> {
  const { timestamps, steps, values } = points
  const { width, summaries } = blocksOf(points)
  const range = new PointSummary()
  for (const summary of summaries) range.addSummary(summary)
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
    block_width: width,
    blocks: packSummaries(summaries),
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

const finite = (value: number) => (Number.isFinite(value) ? value : null)

/** Random, because several servers may write chunks of the same key concurrently. */
export const randomId = () => Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)
