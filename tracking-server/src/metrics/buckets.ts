import { setImmediate } from 'node:timers/promises'
import type { Db } from '@cairn/platform/db/db'
import { sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'
import { type BucketChunk, type BucketGrid, Buckets } from './bucket-grid.js'
import { unpack } from './point-codec.js'
import type { PointColumns } from './point-columns.js'
import { readUnchunkedPacked } from './read.js'
import { inSlices } from './slices.js'

export interface BucketOptions {
  readonly key: string
  /** Inclusive range of steps; defaults to the first and last step of all runs. */
  readonly range?: readonly [start: number, end: number]
  readonly count: number
}

export interface BucketedRuns {
  /** Number of steps of a bucket. */
  readonly width: number
  /** JSON of each run with its buckets. */
  readonly runs: readonly string[]
}

/**
 * Aggregates points into buckets of steps. Only the summary is read of chunks that are within one bucket. Yields to the event
 * loop between slices of chunks (ADR 48).
 */
export async function readBuckets(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  { key, range, count }: BucketOptions,
): Promise<BucketedRuns> {
  const recent = new Map<string, readonly string[]>()
  for (const runId of runIds) {
    recent.set(runId, await readUnchunkedPacked(db, runId, key))
    await setImmediate()
  }
  const known = await readExtent(db, runIds, key, recent)
  const [start, end] = range ?? known.steps ?? [0, 0]
  const grid = { start, end, width: Math.max(1, Math.ceil((end - start + 1) / count)) }
  const runs: string[] = []
  for (const run_id of runIds) {
    const buckets = new Buckets(grid)
    for (const text of recent.get(run_id)!) buckets.add(text)
    await inSlices(await chunksOf(db, run_id, key, grid), (chunk) => buckets.addChunk(chunk))
    const first_timestamp = known.firstTimestamp(run_id)
    runs.push(JSON.stringify({ run_id, first_timestamp, buckets: buckets.list() }))
  }
  return { width: grid.width, runs }
}

async function readExtent(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  key: string,
  recent: ReadonlyMap<string, readonly string[]>,
): Promise<StepExtent> {
  const chunks = await db.read
    .selectFrom('metric_chunks')
    .select((eb) => [
      'run_id',
      eb.fn.min('first_step').as('first'),
      eb.fn.max('last_step').as('last'),
      eb.fn.min('first_timestamp').as('timestamp'),
    ])
    .where('run_id', 'in', runIds)
    .where('key', '=', key)
    .groupBy('run_id')
    .execute()
  const extent = new StepExtent(chunks)
  for (const [runId, texts] of recent) {
    for (const text of texts) extent.add(runId, unpack(text))
    if (texts.length > 0) await setImmediate()
  }
  return extent
}

interface ChunkExtent {
  readonly run_id: string
  readonly first: number
  readonly last: number
  readonly timestamp: number
}

class StepExtent {
  readonly #firstTimestamps: Map<string, number>
  #first: number
  #last: number

  constructor(chunks: readonly ChunkExtent[]) {
    this.#firstTimestamps = new Map(chunks.map(({ run_id, timestamp }) => [run_id, timestamp]))
    this.#first = chunks.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY)
    this.#last = chunks.reduce((greatest, { last }) => Math.max(greatest, last), Number.NEGATIVE_INFINITY)
  }

  /** The first and last step; undefined without points. */
  get steps(): readonly [first: number, last: number] | undefined {
    return this.#first <= this.#last ? [this.#first, this.#last] : undefined
  }

  /** Returns the time of the first point of a run; undefined without points. */
  firstTimestamp(runId: string): number | undefined {
    return this.#firstTimestamps.get(runId)
  }

  add(runId: string, { steps, timestamps }: PointColumns) {
    let earliest = this.#firstTimestamps.get(runId) ?? Number.POSITIVE_INFINITY
    for (let i = 0; i < steps.length; i++) {
      if (steps[i]! < this.#first) this.#first = steps[i]!
      if (steps[i]! > this.#last) this.#last = steps[i]!
      if (timestamps[i]! < earliest) earliest = timestamps[i]!
    }
    this.#firstTimestamps.set(runId, earliest)
  }
}

/** One statement, because chunks may be merged between two. */
async function chunksOf(
  db: Db<TrackingSchema>,
  runId: string,
  key: string,
  { start, end, width }: BucketGrid,
): Promise<readonly BucketChunk[]> {
  const bucketOf = (step: string) =>
    sql`(${sql.ref(step)} - cast(${start} as bigint)) / cast(${width} as bigint)`
  const { rows } = await sql<BucketChunk>`
    select first_step, last_step, min_value, max_value, latest_timestamp, latest_value, latest_is_nan, stride,
      case when first_step >= ${start} and last_step <= ${end} and ${bucketOf('first_step')} = ${bucketOf('last_step')}
        then null else points end as points
    from metric_chunks
    where run_id = ${runId} and key = ${key} and last_step >= ${start} and first_step <= ${end}`.execute(
    db.read,
  )
  return rows
}
