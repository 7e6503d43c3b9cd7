import type { Transaction } from '@cairn/platform/db/db'
import type { Columns, Dialect } from '@cairn/platform/db/dialect'
import { sql } from 'kysely'
import { byChance } from '../by-chance.js'
import type { Clock } from '../clock.js'
import type { MetricPoint } from '../runs/points.js'
import type { TrackingSchema } from '../schema.js'
import { type LoggedPoints, type PackedPoints, packedIn } from './batch.js'
import { CHUNK, toChunks, uniqueId } from './chunk.js'
import { unpackAll } from './packed.js'
import { concat, ordered, type Points, toPoints } from './points.js'

const POINT: Columns = {
  key: 'text',
  timestamp: 'bigint',
  step: 'bigint',
  value: 'double precision',
  is_nan: 'integer',
}

/** Points of a run that lie in batches, on average, when they are sorted into chunks, and batches at most. */
const POINTS_IN_BATCHES = 32_768
const BATCHES = 1024
/** Points of a key that lie in rows and small chunks, on average, when they become one chunk. */
const SMALL = 256
/** Rows that one transaction turns into chunks, give or take those of one moment. */
const ROWS_AT_ONCE = 8192

/**
 * Appends to the history, where the same point again is no other. Now and then, by chance, a write also moves what has
 * gathered into larger rows.
 */
export function historyWrite(dialect: Dialect, logged: LoggedPoints, clock: Clock): HistoryWrite {
  return 'points' in logged ? rowsWrite(dialect, logged.points) : batchWrite(dialect, logged, clock)
}

type HistoryWrite = (tx: Transaction<TrackingSchema>, runId: string) => Promise<void>

function rowsWrite(dialect: Dialect, points: readonly MetricPoint[]): HistoryWrite {
  const rows = dialect.rows(points, POINT)
  return async (tx, runId) => {
    await sql`insert into metrics (run_id, key, timestamp, step, value, is_nan)
      select ${runId}, key, timestamp, step, value, is_nan from ${rows} as point where true
      on conflict do nothing`.execute(tx)
    for (const { key } of points) if (byChance(1 / SMALL)) await settleSeries(tx, dialect, runId, key)
  }
}

function batchWrite(dialect: Dialect, { size, batch }: PackedPoints, clock: Clock): HistoryWrite {
  const row = { position: clock.positions(1), batch_id: uniqueId(), points: batch }
  const settles = byChance(Math.max(size / POINTS_IN_BATCHES, 1 / BATCHES))
  return async (tx, run_id) => {
    await tx
      .insertInto('metric_batches')
      .values({ run_id, ...row })
      .execute()
    if (settles) await settleRun(tx, dialect, run_id)
  }
}

/** Sorts the batches of a run into chunks of each key. */
export async function settleRun(tx: Transaction<TrackingSchema>, dialect: Dialect, runId: string) {
  const batches = await tx
    .deleteFrom('metric_batches')
    .where('run_id', '=', runId)
    .returning(['position', 'points'])
    .execute()
  batches.sort((a, b) => a.position - b.position) // then there is often nothing left to sort
  const series = new Map<string, string[]>()
  for (const batch of batches)
    for (const [key, points] of packedIn(batch.points)) {
      const known = series.get(key)
      if (known) known.push(points)
      else series.set(key, [points])
    }
  const settled = Array.from(series, ([key, texts]) => ({ key, points: ordered(unpackAll(texts)) }))
  await insertChunks(tx, dialect, runId, settled)
  for (const { key, points } of settled)
    if (points.values.length < SMALL && byChance(points.values.length / SMALL))
      await settleSeries(tx, dialect, runId, key)
}

/** Turns the rows and small chunks of a key into larger chunks. */
export async function settleSeries(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  runId: string,
  key: string,
) {
  const points = [
    toPoints(await takeRows(tx, runId, key)),
    ...(await takeSmallChunks(tx, runId, key)),
  ].filter(({ values }) => values.length > 0)
  if (points.length > 0) await insertChunks(tx, dialect, runId, [{ key, points: ordered(concat(points)) }])
}

async function takeRows(tx: Transaction<TrackingSchema>, runId: string, key: string) {
  const beyond = await tx
    .selectFrom('metrics')
    .select('timestamp')
    .where('run_id', '=', runId)
    .where('key', '=', key)
    .orderBy('timestamp')
    .offset(ROWS_AT_ONCE)
    .limit(1)
    .executeTakeFirst()
  return tx
    .deleteFrom('metrics')
    .where('run_id', '=', runId)
    .where('key', '=', key)
    .where('timestamp', '<=', beyond?.timestamp ?? Number.MAX_SAFE_INTEGER)
    .returning(['timestamp', 'step', 'value', 'is_nan'])
    .execute()
}

async function takeSmallChunks(tx: Transaction<TrackingSchema>, runId: string, key: string) {
  const rows = await tx
    .deleteFrom('metric_chunks')
    .where('run_id', '=', runId)
    .where('key', '=', key)
    .where('size', '<', SMALL)
    .returning('points')
    .execute()
  return rows.length > 0 ? [unpackAll(rows.map((row) => row.points))] : []
}

interface Series {
  readonly key: string
  readonly points: Points
}

/** As they are: their points must not lie elsewhere. */
export async function insertChunks(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  runId: string,
  series: readonly Series[],
) {
  const chunks = series.flatMap(({ key, points }) => toChunks(key, points))
  if (chunks.length === 0) return
  const names = sql.join(Object.keys(CHUNK).map((name) => sql.ref(name)))
  await sql`insert into metric_chunks (run_id, ${names})
    select ${runId}, ${names} from ${dialect.rows(chunks, CHUNK)} as chunk where true`.execute(tx)
}
