import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import { afterPosition, type Position, type Term } from '@cairn/platform/search/keyset'
import { sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'
import { seriesInBatch } from './packed-batch.js'
import { pack, unpack, unpackAll } from './point-codec.js'
import { concat, type PointColumns, pointAt, slice, sortedDistinct, toColumns } from './point-columns.js'
import { inSlices } from './slices.js'

const COLUMNS = ['timestamp', 'step', 'value', 'is_nan'] as const
const TERMS: readonly Term[] = COLUMNS.map((name) => ({ expression: sql.ref(name), descending: false }))

/** Number of values in a page's cursor position. */
export const POSITION_WIDTH = COLUMNS.length

const FIRST_CHUNKS = 4

/** Reads all points of a key of a run, in the order of the history. */
export async function readHistory(db: Db<TrackingSchema>, runId: string, key: string): Promise<PointColumns> {
  const recent = await readUnchunked(db, runId, key)
  const chunks = await chunksOf(db, runId, key).execute()
  return sortedDistinct(concat([...recent, unpackAll(chunks.map(({ points }) => points))]))
}

/** Reads the first `limit` points of the history after `past`, and no more chunks than necessary. */
export async function readHistoryPage(
  db: Db<TrackingSchema>,
  runId: string,
  key: string,
  limit: number,
  past?: Position,
): Promise<PointColumns> {
  const recent = await readUnchunked(db, runId, key, { limit, ...(past && { past }) })
  // Each attempt starts over with more chunks, because chunks may be merged between two statements.
  for (let count = FIRST_CHUNKS; ; count *= 4) {
    const rows = await chunksOf(db, runId, key, past?.[0]).limit(count).execute()
    const points = sortedDistinct(concat([...recent, ...rows.map((row) => unpack(row.points))]))
    const start = past ? firstAfter(points, past) : 0
    if (rows.length < count) return slice(points, start, start + limit)
    // No point of later chunks precedes the first timestamp of the last chunk read.
    const end = firstAt(points, rows.at(-1)!.first_timestamp)
    if (end - start >= limit) return slice(points, start, start + limit)
  }
}

export const positionAt = (points: PointColumns, i: number): Position => {
  const point = pointAt(points, i)
  return COLUMNS.map((name) => point[name])
}

/**
 * Reads points that are not in chunks yet. Callers read them before the chunks, so that a point that is moved in between
 * is read twice rather than missed.
 */
export async function readUnchunked(
  db: Db<TrackingSchema>,
  runId: string,
  key: string,
  page?: { readonly limit: number; readonly past?: Position },
): Promise<PointColumns[]> {
  let query = db.read.selectFrom('metrics').select(COLUMNS).where('run_id', '=', runId).where('key', '=', key)
  if (page?.past) query = query.where(afterPosition(TERMS, page.past))
  if (page) {
    for (const name of COLUMNS) query = query.orderBy(name)
    query = query.limit(page.limit)
  }
  const rows = await query.execute()
  return [toColumns(rows), ...((await batchesOf(db, [runId], key)).get(runId) ?? []).map(unpack)]
}

/** Like `readUnchunked` of several runs, but packed. Runs without such points may be absent. */
export async function readUnchunkedPacked(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  key: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db.read
    .selectFrom('metrics')
    .select(['run_id', ...COLUMNS])
    .where('run_id', 'in', runIds)
    .where('key', '=', key)
    .execute()
  const packed = new Map<string, string[]>()
  for (const [runId, points] of groupBy(rows, ({ run_id }) => run_id))
    packed.set(runId, [pack(toColumns(points))])
  for (const [runId, batches] of await batchesOf(db, runIds, key))
    packed.set(runId, [...(packed.get(runId) ?? []), ...batches])
  return packed
}

/** The packed points of a key in the batches of runs. */
async function batchesOf(db: Db<TrackingSchema>, runIds: readonly string[], key: string) {
  const batches = await db.read
    .selectFrom('metric_batches')
    .select(['run_id', 'points'])
    .where('run_id', 'in', runIds)
    .execute()
  const packed = new Map<string, string[]>()
  await inSlices(batches, ({ run_id, points }) => {
    const own = packed.get(run_id) ?? []
    own.push(...seriesInBatch(points, key).map(([, text]) => text))
    packed.set(run_id, own)
  })
  return packed
}

/** @param from skips chunks that end before this timestamp */
function chunksOf(db: Db<TrackingSchema>, runId: string, key: string, from?: unknown) {
  const query = db.read
    .selectFrom('metric_chunks')
    .select(['first_timestamp', 'points'])
    .where('run_id', '=', runId)
    .where('key', '=', key)
    .orderBy('first_timestamp')
    .orderBy('chunk_id')
  return from === undefined ? query : query.where('last_timestamp', '>=', Number(from))
}

/** Index of the first point at `timestamp` or later. */
function firstAt({ timestamps }: PointColumns, timestamp: number): number {
  const at = timestamps.findIndex((one) => one >= timestamp)
  return at < 0 ? timestamps.length : at
}

function firstAfter(points: PointColumns, past: Position): number {
  for (let i = firstAt(points, Number(past[0])); i < points.values.length; i++)
    if (isBeyond(positionAt(points, i), past)) return i
  return points.values.length
}

function isBeyond(position: Position, past: Position): boolean {
  const at = position.findIndex((value, i) => value !== past[i])
  return at >= 0 && position[at]! > past[at]!
}
