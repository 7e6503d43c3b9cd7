import { setImmediate } from 'node:timers/promises'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import type { CountRuns } from '@cairn/platform/protocol/cairn/run-tables'
import type { RunGroupRef } from '@cairn/platform/protocol/mlflow/run-projection'
import type { Input } from '@cairn/platform/protocol/operation'
import { afterPosition, orderBy, type Position, type Term } from '@cairn/platform/search/keyset'
import { readFilter } from '@cairn/platform/search/language'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { parseExperimentId } from '../../experiments/id.js'
import type { TrackingSchema } from '../../schema.js'
import { lifecycleStages } from '../../search/lifecycle-stages.js'
import { candidateRuns, MAX_CANDIDATES } from './candidates.js'
import { runFilterSql } from './conditions.js'
import { memberSql } from './groupings.js'
import { RUN_LANGUAGE } from './language.js'

/** The columns of the index `runs_by_start`, in its order. */
const TERMS: readonly Term[] = [
  { expression: sql.ref('runs.start_time'), descending: true },
  { expression: sql.ref('runs.run_id'), descending: false },
]
/** The time of a window from which the next one is smaller, because SQLite reads block the event loop. */
const LONG_MS = 25

export interface RunSelection extends Input<typeof CountRuns> {
  readonly within?: readonly RunGroupRef[]
}

/** A part of the selected runs: `select … from FROM where WHERE`. */
export interface RunWindow {
  readonly from: RawBuilder<unknown>
  readonly where: RawBuilder<SqlBool>
}

export interface WindowSize {
  /** The number of runs that the first statement tests. */
  readonly first: number
  /** The largest number of runs of a window. Windows grow while they are quick, and shrink when they are not. */
  readonly max: number
}

/**
 * Works on the runs that match a filter, each once, window by window. Yields to the event loop between windows.
 *
 * @param isDone whether no further window is needed
 * @throws INVALID_PARAMETER_VALUE in MLflow's words
 */
export async function eachRunWindow(
  db: Db<TrackingSchema>,
  { experiment_ids, filter, run_view_type, within = [] }: RunSelection,
  { first, max }: WindowSize,
  work: (window: RunWindow) => Promise<void>,
  isDone = () => false,
): Promise<void> {
  const experiments = [...new Set(experiment_ids.map(parseExperimentId))]
  const conditions = readFilter(RUN_LANGUAGE, filter)
  const matches = [
    sql<SqlBool>`runs.lifecycle_stage in (${sql.join(lifecycleStages(run_view_type))})`,
    ...runFilterSql(conditions, experiments, db.dialect),
    ...within.map((group) => memberSql(group, experiments, db.dialect)),
  ]
  let size = first
  const pacedWork = async (window: RunWindow) => {
    const began = performance.now()
    await work(window)
    size =
      performance.now() - began > LONG_MS
        ? Math.max(Math.min(first, 100), size >> 1)
        : Math.min(max, size * 2)
    await setImmediate()
  }
  const candidates = await candidateRuns(db, conditions, experiments, MAX_CANDIDATES)
  if (candidates) {
    const own = [sql`runs.run_id = wanted.id`, sql`runs.experiment_id in (${sql.join(experiments)})`]
    for (let start = 0; start < candidates.length && !isDone(); ) {
      const ids = candidates.slice(start, start + size)
      start += ids.length
      await pacedWork({
        from: sql`${idRows(db.dialect, ids)} as wanted cross join runs`,
        where: all([...own, ...matches]),
      })
    }
    return
  }
  for (const experiment of experiments)
    for (let past: Position | undefined, isMore = true; isMore && !isDone(); ) {
      const own = [
        sql<SqlBool>`runs.experiment_id = ${experiment}`,
        ...(past ? [afterPosition(TERMS, past)] : []),
      ]
      const end = await positionAt(db, own, size)
      const until = end ? [upTo(end)] : []
      await pacedWork({ from: sql`runs`, where: all([...own, ...until, ...matches]) })
      past = end
      isMore = end !== undefined
    }
}

const all = (conditions: readonly RawBuilder<unknown>[]) => sql<SqlBool>`${sql.join(conditions, sql` and `)}`

/** Bounds the range of the index: the negation alone would read the experiment to its end for each window. */
const upTo = (end: Position) =>
  sql<SqlBool>`runs.start_time >= ${end[0]} and not ${afterPosition(TERMS, end)}`

/** Reads the position of the `n`-th run from the index; undefined if there are fewer. */
async function positionAt(
  db: Db<TrackingSchema>,
  where: readonly RawBuilder<SqlBool>[],
  n: number,
): Promise<Position | undefined> {
  const { rows } = await sql<{ start_time: number; run_id: string }>`
    select runs.start_time, runs.run_id from runs where ${all(where)}
    order by ${orderBy(TERMS)} limit 1 offset ${n - 1}`.execute(db.read)
  return rows[0] && [rows[0].start_time, rows[0].run_id]
}
