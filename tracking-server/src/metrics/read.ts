import type { Db } from '@cairn/platform/db/db'
import { after, type Position, type Term } from '@cairn/platform/search/keyset'
import { sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'
import { packedIn } from './batch.js'
import { unpack, unpackAll } from './packed.js'
import { concat, ordered, type Points, pointAt, slice, toPoints } from './points.js'

const COLUMNS = ['timestamp', 'step', 'value', 'is_nan'] as const
const TERMS: readonly Term[] = COLUMNS.map((name) => ({ expression: sql.ref(name), descending: false }))

/** How many values say where a page ended. */
export const POSITION_WIDTH = COLUMNS.length

const FIRST_CHUNKS = 4

/** All points of a key of a run, in the order of the history. */
export async function readPoints(db: Db<TrackingSchema>, runId: string, key: string): Promise<Points> {
  const recent = await readRecent(db, runId, key)
  const chunks = await chunksOf(db, runId, key).execute()
  return ordered(concat([...recent, unpackAll(chunks.map(({ points }) => points))]))
}

/** The first `limit` points of the history after `past`; only as many chunks are read as it takes. */
export async function readPage(
  db: Db<TrackingSchema>,
  runId: string,
  key: string,
  limit: number,
  past?: Position,
): Promise<Points> {
  const recent = await readRecent(db, runId, key, { limit, ...(past && { past }) })
  // From the start again with more, because chunks may be joined between two statements.
  for (let count = FIRST_CHUNKS; ; count *= 4) {
    const rows = await chunksOf(db, runId, key, past?.[0]).limit(count).execute()
    const points = ordered(concat([...recent, ...rows.map((row) => unpack(row.points))]))
    const start = past ? firstAfter(points, past) : 0
    if (rows.length < count) return slice(points, start, start + limit)
    // What further chunks hold is not before the beginning of the last of these.
    const end = firstAt(points, rows.at(-1)!.first_timestamp)
    if (end - start >= limit) return slice(points, start, start + limit)
  }
}

export const positionAt = (points: Points, i: number): Position => {
  const point = pointAt(points, i)
  return COLUMNS.map((name) => point[name])
}

/**
 * Points that are not in chunks yet. They are read before the chunks, so that one that moves meanwhile is seen twice
 * rather than not at all.
 */
export async function readRecent(
  db: Db<TrackingSchema>,
  runId: string,
  key: string,
  page?: { readonly limit: number; readonly past?: Position },
): Promise<Points[]> {
  let query = db.read.selectFrom('metrics').select(COLUMNS).where('run_id', '=', runId).where('key', '=', key)
  if (page?.past) query = query.where(after(TERMS, page.past))
  if (page) {
    for (const name of COLUMNS) query = query.orderBy(name)
    query = query.limit(page.limit)
  }
  const rows = await query.execute()
  const batches = await db.read
    .selectFrom('metric_batches')
    .select('points')
    .where('run_id', '=', runId)
    .execute()
  const packed = batches.flatMap(({ points }) => packedIn(points, key).map(([, text]) => unpack(text)))
  return [toPoints(rows), ...packed]
}

/** @param from the timestamp before which nothing is wanted */
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

/** The first point at `timestamp` or later. */
function firstAt({ timestamps }: Points, timestamp: number): number {
  const at = timestamps.findIndex((one) => one >= timestamp)
  return at < 0 ? timestamps.length : at
}

function firstAfter(points: Points, past: Position): number {
  for (let i = firstAt(points, Number(past[0])); i < points.values.length; i++)
    if (isBeyond(positionAt(points, i), past)) return i
  return points.values.length
}

function isBeyond(position: Position, past: Position): boolean {
  const at = position.findIndex((value, i) => value !== past[i])
  return at >= 0 && position[at]! > past[at]!
}
