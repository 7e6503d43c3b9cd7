import type { Transaction } from '@cairn/platform/db/db'
import type { Columns, Dialect } from '@cairn/platform/db/dialect'
import { sql } from 'kysely'
import type { Clock } from '../clock.js'
import type { TrackingSchema } from '../schema.js'
import { withProbability } from '../with-probability.js'
import { CHUNK_COLUMNS, randomId, toChunks } from './chunk.js'
import type { MetricPoint } from './logged-points.js'
import { type HistoryPoints, type PackedBatch, seriesInBatch } from './packed-batch.js'
import { unpackAll } from './point-codec.js'
import { concat, type PointColumns, sortedDistinct, toColumns } from './point-columns.js'

const POINT_COLUMNS: Columns = {
  key: 'text',
  timestamp: 'bigint',
  step: 'bigint',
  value: 'double precision',
  is_nan: 'integer',
}

/** Average number of points, and of batches, of a run that accumulate before they are compacted into chunks. */
const POINTS_IN_BATCHES = 32_768
const BATCHES = 1024
/** Average number of points of a key in rows and small chunks that accumulate before they are merged into one chunk. */
const SMALL_CHUNK = 256
/** Maximum number of rows that one transaction compacts; rows of one timestamp are kept together. */
const MAX_ROWS = 8192

/** Appends points to the history, idempotently. At random, a write also compacts accumulated points into chunks. */
export function prepareHistoryWrite(dialect: Dialect, logged: HistoryPoints, clock: Clock): HistoryWrite {
  return 'points' in logged ? rowsWrite(dialect, logged.points) : batchWrite(dialect, logged, clock)
}

type HistoryWrite = (tx: Transaction<TrackingSchema>, runId: string) => Promise<void>

function rowsWrite(dialect: Dialect, points: readonly MetricPoint[]): HistoryWrite {
  const rows = dialect.rows(points, POINT_COLUMNS)
  return async (tx, runId) => {
    await sql`insert into metrics (run_id, key, timestamp, step, value, is_nan)
      select ${runId}, key, timestamp, step, value, is_nan from ${rows} as point where true
      on conflict do nothing`.execute(tx)
    for (const { key } of points)
      if (withProbability(1 / SMALL_CHUNK)) await compactSeries(tx, dialect, runId, key)
  }
}

function batchWrite(dialect: Dialect, { size, batch }: PackedBatch, clock: Clock): HistoryWrite {
  const row = { position: clock.positions(1), batch_id: randomId(), points: batch }
  const compacts = withProbability(Math.max(size / POINTS_IN_BATCHES, 1 / BATCHES))
  return async (tx, run_id) => {
    await tx
      .insertInto('metric_batches')
      .values({ run_id, ...row })
      .execute()
    if (compacts) await compactRun(tx, dialect, run_id)
  }
}

/** Compacts the batches of a run into chunks of each key. */
export async function compactRun(tx: Transaction<TrackingSchema>, dialect: Dialect, runId: string) {
  const batches = await tx
    .deleteFrom('metric_batches')
    .where('run_id', '=', runId)
    .returning(['position', 'points'])
    .execute()
  batches.sort((a, b) => a.position - b.position) // usually makes the points sorted already
  const series = new Map<string, string[]>()
  for (const batch of batches)
    for (const [key, points] of seriesInBatch(batch.points)) {
      const known = series.get(key)
      if (known) known.push(points)
      else series.set(key, [points])
    }
  const compacted = Array.from(series, ([key, texts]) => ({ key, points: sortedDistinct(unpackAll(texts)) }))
  await insertChunks(tx, dialect, runId, compacted)
  for (const { key, points } of compacted)
    if (points.values.length < SMALL_CHUNK && withProbability(points.values.length / SMALL_CHUNK))
      await compactSeries(tx, dialect, runId, key)
}

/** Merges the rows and small chunks of a key into larger chunks. */
export async function compactSeries(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  runId: string,
  key: string,
) {
  const points = [
    toColumns(await takeRows(tx, runId, key)),
    ...(await takeSmallChunks(tx, runId, key)),
  ].filter(({ values }) => values.length > 0)
  if (points.length > 0)
    await insertChunks(tx, dialect, runId, [{ key, points: sortedDistinct(concat(points)) }])
}

async function takeRows(tx: Transaction<TrackingSchema>, runId: string, key: string) {
  const beyond = await tx
    .selectFrom('metrics')
    .select('timestamp')
    .where('run_id', '=', runId)
    .where('key', '=', key)
    .orderBy('timestamp')
    .offset(MAX_ROWS)
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
    .where('size', '<', SMALL_CHUNK)
    .returning('points')
    .execute()
  return rows.length > 0 ? [unpackAll(rows.map((row) => row.points))] : []
}

interface Series {
  readonly key: string
  readonly points: PointColumns
}

/** Stores points as chunks. The caller must have removed the points from other tables. */
export async function insertChunks(
  tx: Transaction<TrackingSchema>,
  dialect: Dialect,
  runId: string,
  series: readonly Series[],
) {
  const chunks = series.flatMap(({ key, points }) => toChunks(key, points))
  if (chunks.length === 0) return
  const names = sql.join(Object.keys(CHUNK_COLUMNS).map((name) => sql.ref(name)))
  await sql`insert into metric_chunks (run_id, ${names})
    select ${runId}, ${names} from ${dialect.rows(chunks, CHUNK_COLUMNS)} as chunk where true`.execute(tx)
}
