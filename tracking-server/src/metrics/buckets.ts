import { setImmediate } from 'node:timers/promises'
import { inBatches } from '@cairn/platform/collections/in-batches'
import type { Db } from '@cairn/platform/db/db'
import { sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'
import { type BucketChunks, type BucketGrid, Buckets, bucketGrid } from './bucket-grid.js'
import { unpack } from './point-codec.js'
import type { PointColumns } from './point-columns.js'
import { readUnchunkedPacked } from './read.js'
import { inSlices } from './slices.js'

export interface BucketOptions {
  readonly key: string
  /** Inclusive range of steps; default: the first and last step of all runs. */
  readonly range?: readonly [start: number, end: number]
  readonly count: number
  /** True if the buckets of a run are packed text instead of a list. */
  readonly packed?: boolean
}

export interface BucketedRuns extends Omit<BucketGrid, 'isAligned'> {
  /** JSON of each run with its buckets. */
  readonly runs: readonly string[]
}

/** One statement reads the points outside of chunks of this many runs. */
const RUNS_AT_ONCE = 20
/** One statement reads the first and last steps of this many runs: it visits all of their chunks. */
const EXTENTS_AT_ONCE = 10
/** The weight of the runs whose chunks one statement reads: 1 for a chunk that is cut by a border of buckets, and a share for others. */
const MAX_WEIGHT = 160
const SUMMARY_WEIGHT = 1 / 8

/**
 * Aggregates points into buckets of steps. For a chunk within one bucket it reads only the summary, and for a chunk whose blocks
 * are each within one bucket only the blocks. Yields to the event loop between slices of chunks (ADR 48).
 */
export async function readBuckets(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  { key, range, count, packed = false }: BucketOptions,
): Promise<BucketedRuns> {
  const recent = new Map(
    await inBatches(runIds, async (ids) => [...(await readUnchunkedPacked(db, ids, key))], RUNS_AT_ONCE),
  )
  const known = await readExtent(db, runIds, { key, range, recent })
  const [start, end] = range ?? known.steps ?? [0, 0]
  const { isAligned, ...grid } = bucketGrid(start, end, count)
  const buckets = new Map(runIds.map((runId) => [runId, new Buckets({ ...grid, isAligned })]))
  for (const [runId, texts] of recent) {
    for (const text of texts) buckets.get(runId)!.add(text)
    if (texts.length > 0) await setImmediate()
  }
  for (const { ids, read } of statementsOf(runIds, known, count)) {
    const chunks = await read(db, ids, key, { ...grid, isAligned, isZoom: range !== undefined })
    await inSlices(chunks, (own) => buckets.get(own.run_id)!.addChunks(own))
  }
  const runs: string[] = []
  for (const [run_id, own] of buckets) {
    const first_timestamp = known.firstTimestamp(run_id)
    runs.push(JSON.stringify({ run_id, first_timestamp, buckets: packed ? own.pack() : own.list() }))
    if (runs.length % RUNS_AT_ONCE === 0) await setImmediate()
  }
  return { ...grid, runs }
}

/** Returns how the chunks of groups of runs are read. With as many buckets as chunks, most chunks are cut by a border of buckets. */
function statementsOf(runIds: readonly string[], known: StepExtent, borders: number) {
  const isCut = (runId: string) => known.chunkCount(runId) <= borders
  const cut = groupsOf(runIds.filter(isCut), known, borders)
  const others = groupsOf(
    runIds.filter((runId) => !isCut(runId)),
    known,
    borders,
  )
  return [
    ...cut.map((ids) => ({ ids, read: cutChunksOf })),
    ...others.map((ids) => ({ ids, read: chunksOf })),
  ]
}

/** Groups runs that have few chunks together, so that one statement reads them. Omits runs without chunks. */
function groupsOf(runIds: readonly string[], known: StepExtent, borders: number): string[][] {
  const groups: string[][] = []
  let weight = Number.POSITIVE_INFINITY
  for (const runId of runIds) {
    const chunks = known.chunkCount(runId)
    if (chunks === 0) continue
    const own = chunks * SUMMARY_WEIGHT + Math.min(chunks, borders)
    if (weight + own > MAX_WEIGHT) {
      groups.push([])
      weight = 0
    }
    groups.at(-1)!.push(runId)
    weight += own
  }
  return groups
}

interface ExtentOptions {
  readonly key: string
  /** The range of steps whose chunks are counted. */
  readonly range: BucketOptions['range']
  readonly recent: ReadonlyMap<string, readonly string[]>
}

async function readExtent(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  { key, range, recent }: ExtentOptions,
): Promise<StepExtent> {
  const read = (ids: readonly string[]) => chunkExtents(db, ids, key, range)
  const extent = new StepExtent(await inBatches(runIds, read, EXTENTS_AT_ONCE))
  for (const [runId, texts] of recent) {
    for (const text of texts) extent.add(runId, unpack(text))
    if (texts.length > 0) await setImmediate()
  }
  return extent
}

const chunkExtents = (
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  key: string,
  range: BucketOptions['range'],
): Promise<ChunkExtent[]> => {
  const isCounted = range ? sql`last_step >= ${range[0]} and first_step <= ${range[1]}` : sql`true`
  return db.read
    .selectFrom('metric_chunks')
    .select((eb) => [
      'run_id',
      eb.fn.min('first_step').as('first'),
      eb.fn.max('last_step').as('last'),
      eb.fn.min('first_timestamp').as('timestamp'),
      sql<number>`sum(case when ${isCounted} then 1 else 0 end)`.as('count'),
    ])
    .where('run_id', 'in', runIds)
    .where('key', '=', key)
    .groupBy('run_id')
    .execute()
}

interface ChunkExtent {
  readonly run_id: string
  readonly first: number
  readonly last: number
  readonly timestamp: number
  readonly count: number
}

class StepExtent {
  readonly #chunkCounts: ReadonlyMap<string, number>
  readonly #firstTimestamps: Map<string, number>
  #first: number
  #last: number

  constructor(chunks: readonly ChunkExtent[]) {
    this.#chunkCounts = new Map(chunks.map(({ run_id, count }) => [run_id, count]))
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

  chunkCount(runId: string): number {
    return this.#chunkCounts.get(runId) ?? 0
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

/** The columns that are read of a chunk within one bucket, from the index of chunks by step. */
const SUMMARY_COLUMNS = [
  'first_step',
  'last_step',
  'min_value',
  'max_value',
  'latest_timestamp',
  'latest_value',
  'latest_is_nan',
] as const

interface ChunkGrid extends BucketGrid {
  /** False if the grid has all steps of the runs. */
  readonly isZoom: boolean
}

/** Reads the points or the blocks of each chunk: it costs less than to look for chunks within one bucket where few are. */
async function cutChunksOf(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  key: string,
  { start, end, width, isAligned, isZoom }: ChunkGrid,
): Promise<readonly (BucketChunks & { readonly run_id: string })[]> {
  const hasBlocks = sql`first_step >= ${start} and last_step <= ${end} and block_width <= ${isAligned ? width : 0}`
  const isFound = isZoom ? sql`last_step >= ${start} and first_step <= ${end}` : sql`true`
  const { rows } = await sql<BucketChunks & { readonly run_id: string }>`
    select run_id, null as summaries, first_step, stride,
      case when ${hasBlocks} then null else points end as points, case when ${hasBlocks} then blocks end as blocks
    from metric_chunks where run_id in (${sql.join(runIds)}) and key = ${key} and ${isFound}`.execute(db.read)
  return rows
}

/**
 * Reads one row for the chunks of a run that are within one bucket, and the whole row of each other chunk. Uses one
 * statement, because chunks may be merged between two.
 */
async function chunksOf(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  key: string,
  { start, end, width, origin, isAligned }: ChunkGrid,
): Promise<readonly (BucketChunks & { readonly run_id: string })[]> {
  const bucketOf = (step: string) =>
    sql`(${sql.ref(step)} - cast(${origin} as bigint)) / cast(${width} as bigint)`
  const isInside = sql`found.first_step >= ${start} and found.last_step <= ${end}`
  const isInOne = sql`(${isInside} and ${bucketOf('found.first_step')} = ${bucketOf('found.last_step')})`
  const hasBlocks = sql`${isInside} and chunk.block_width <= ${isAligned ? width : 0}`
  const isFound = sql`found.run_id in (${sql.join(runIds)}) and found.key = ${key}
    and found.last_step >= ${start} and found.first_step <= ${end}`
  const summary = Object.fromEntries(SUMMARY_COLUMNS.map((name) => [name, sql.ref(`found.${name}`)]))
  const { rows } = await sql<BucketChunks & { readonly run_id: string }>`
    select found.run_id, ${db.dialect.jsonList(summary, 'found.first_step')} as summaries,
      null as first_step, null as stride, null as points, null as blocks
    from metric_chunks as found where ${isFound} and ${isInOne} group by found.run_id
    union all
    select chunk.run_id, null, chunk.first_step, chunk.stride,
      case when ${hasBlocks} then null else chunk.points end, case when ${hasBlocks} then chunk.blocks end
    from metric_chunks as found cross join metric_chunks as chunk
    where ${isFound} and not ${isInOne} and chunk.run_id = found.run_id and chunk.key = found.key
      and chunk.first_timestamp = found.first_timestamp and chunk.chunk_id = found.chunk_id`.execute(db.read)
  return rows
}
