import type { Db } from '@cairn/platform/db/db'
import type { GetMetricBuckets, MetricBucket } from '@cairn/platform/protocol/metrics'
import type { Output } from '@cairn/platform/protocol/operation'
import { sql } from 'kysely'
import type { MetricChunkRow, TrackingSchema } from '../schema.js'
import { PointSummary } from './chunk.js'
import { unpack } from './point-codec.js'
import type { PointColumns } from './point-columns.js'
import { readUnchunked } from './read.js'

export interface BucketOptions {
  readonly key: string
  /** Inclusive range of steps; defaults to the first and last step of all runs. */
  readonly range?: readonly [start: number, end: number]
  readonly count: number
}

/** Aggregates points into buckets of steps. Only the summary is read of chunks that are within one bucket. */
export async function readBuckets(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  { key, range, count }: BucketOptions,
): Promise<Output<typeof GetMetricBuckets>> {
  const recent = new Map<string, PointColumns[]>()
  for (const runId of runIds) recent.set(runId, await readUnchunked(db, runId, key))
  const span = range ?? (await stepRange(db, runIds, key, [...recent.values()].flat()))
  if (!span) return { width: 1, runs: runIds.map((run_id) => ({ run_id, buckets: [] })) }
  const [start, end] = span
  const width = Math.max(1, Math.ceil((end - start + 1) / count))
  const runs: { run_id: string; buckets: MetricBucket[] }[] = []
  for (const run_id of runIds) {
    const buckets = new Buckets(start, end, width)
    for (const points of recent.get(run_id)!) buckets.add(points)
    for (const chunk of await chunksOf(db, run_id, key, { start, end, width }))
      if (chunk.points === null) buckets.addChunk(chunk)
      else buckets.add(unpack(chunk.points))
    runs.push({ run_id, buckets: buckets.list() })
  }
  return { width, runs }
}

class Buckets {
  readonly #start: number
  readonly #end: number
  readonly #width: number
  readonly #ranges = new Map<number, PointSummary>()

  constructor(start: number, end: number, width: number) {
    this.#start = start
    this.#end = end
    this.#width = width
  }

  add({ timestamps, steps, values }: PointColumns) {
    let range: PointSummary | undefined
    let first = 0
    for (let i = 0; i < values.length; i++) {
      const step = steps[i]!
      if (step < this.#start || step > this.#end) continue
      if (!range || step < first || step >= first + this.#width) {
        range = this.#at(step) // most points are in the bucket of the previous one
        first = this.#firstStep(this.#indexOf(step))
      }
      range.add(step, timestamps[i]!, values[i]!)
    }
  }

  /** @param chunk all of its steps are in one bucket */
  addChunk(chunk: Omit<ChunkSummary, 'points'>) {
    this.#at(chunk.first_step).addChunk(chunk)
  }

  list(): MetricBucket[] {
    return [...this.#ranges]
      .sort(([a], [b]) => a - b)
      .map(([at, range]) => {
        const first_step = this.#firstStep(at)
        return {
          first_step,
          last_step: Math.min(first_step + this.#width - 1, this.#end),
          ...(range.min <= range.max && { min: range.min, max: range.max }),
          last: Number.isNaN(range.latestValue) ? 'NaN' : range.latestValue,
          last_timestamp: range.latestTimestamp,
        }
      })
  }

  #at(step: number): PointSummary {
    const bucket = this.#indexOf(step)
    const range = this.#ranges.get(bucket) ?? new PointSummary()
    this.#ranges.set(bucket, range)
    return range
  }

  #indexOf(step: number): number {
    return Math.floor((step - this.#start) / this.#width)
  }

  #firstStep(bucket: number): number {
    return this.#start + bucket * this.#width
  }
}

async function stepRange(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  key: string,
  recent: readonly PointColumns[],
): Promise<readonly [number, number] | undefined> {
  const chunks = await db.read
    .selectFrom('metric_chunks')
    .select((eb) => [eb.fn.min('first_step').as('first'), eb.fn.max('last_step').as('last')])
    .where('run_id', 'in', runIds)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  let first = chunks.first ?? Number.POSITIVE_INFINITY
  let last = chunks.last ?? Number.NEGATIVE_INFINITY
  for (const { steps } of recent)
    for (const step of steps) {
      if (step < first) first = step
      if (step > last) last = step
    }
  return first <= last ? [first, last] : undefined
}

type ChunkSummary = Omit<MetricChunkRow, 'run_id' | 'key' | 'points'> & {
  /** Null for chunks that are within one bucket. */
  readonly points: string | null
}

/** One statement, because chunks may be merged between two. */
async function chunksOf(
  db: Db<TrackingSchema>,
  runId: string,
  key: string,
  { start, end, width }: { readonly start: number; readonly end: number; readonly width: number },
): Promise<readonly ChunkSummary[]> {
  const bucketOf = (step: string) =>
    sql`(${sql.ref(step)} - cast(${start} as bigint)) / cast(${width} as bigint)`
  const { rows } = await sql<ChunkSummary>`
    select first_step, last_step, min_value, max_value, latest_timestamp, latest_value, latest_is_nan,
      case when first_step >= ${start} and last_step <= ${end} and ${bucketOf('first_step')} = ${bucketOf('last_step')}
        then null else points end as points
    from metric_chunks
    where run_id = ${runId} and key = ${key} and last_step >= ${start} and first_step <= ${end}`.execute(
    db.read,
  )
  return rows
}
