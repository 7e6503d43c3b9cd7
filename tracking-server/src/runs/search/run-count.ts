import { setImmediate } from 'node:timers/promises'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import type { Input } from '@cairn/platform/protocol/operation'
import type { CountRuns } from '@cairn/platform/protocol/run-tables'
import { filterSql } from '@cairn/platform/search/filter'
import { after, orderBy, type Position, type Term } from '@cairn/platform/search/keyset'
import { readFilter } from '@cairn/platform/search/language'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { parseExperimentId } from '../../experiments/id.js'
import type { TrackingSchema } from '../../schema.js'
import { lifecycleStages } from '../../search/lifecycle-stages.js'
import { candidateRuns, MAX_CANDIDATES } from './candidates.js'
import { conditionSql } from './conditions.js'
import { RUNS } from './language.js'

/** Runs that one statement tests. */
const WINDOW = 5000
/** In the order of the index `runs_by_start`. */
const TERMS: readonly Term[] = [
  { expression: sql.ref('runs.start_time'), descending: true },
  { expression: sql.ref('runs.run_id'), descending: false },
]

/**
 * Counts the runs that match a filter. Yields to the event loop between windows of runs. @throws INVALID_PARAMETER_VALUE in
 * MLflow's words
 */
export async function countRuns(
  db: Db<TrackingSchema>,
  { experiment_ids, filter, run_view_type }: Input<typeof CountRuns>,
  window = WINDOW,
): Promise<number> {
  const experiments = [...new Set(experiment_ids.map(parseExperimentId))]
  const conditions = readFilter(RUNS, filter)
  const matches = sql.join(
    [
      sql<SqlBool>`runs.lifecycle_stage in (${sql.join(lifecycleStages(run_view_type))})`,
      ...filterSql(conditions, (one) => conditionSql(one, experiments, db.dialect)),
    ],
    sql` and `,
  )
  const candidates = await candidateRuns(db, conditions, experiments, MAX_CANDIDATES)
  if (candidates) {
    const from = sql`${idRows(db.dialect, candidates)} as wanted cross join runs`
    return count(db, from, [
      sql`runs.run_id = wanted.id`,
      sql`runs.experiment_id in (${sql.join(experiments)})`,
      matches,
    ])
  }
  let total = 0
  for (const experiment of experiments)
    for (let past: Position | undefined, isMore = true; isMore; ) {
      const within = [sql<SqlBool>`runs.experiment_id = ${experiment}`, ...(past ? [after(TERMS, past)] : [])]
      const end = await positionAt(db, within, window)
      const until = end ? [sql<SqlBool>`not ${after(TERMS, end)}`] : []
      total += await count(db, sql`runs`, [...within, ...until, matches])
      past = end
      isMore = end !== undefined
      await setImmediate()
    }
  return total
}

async function count(
  db: Db<TrackingSchema>,
  from: RawBuilder<unknown>,
  where: readonly RawBuilder<unknown>[],
) {
  const { rows } = await sql<{ count: number }>`select cast(count(*) as integer) as count from ${from}
    where ${sql.join(where, sql` and `)}`.execute(db.read)
  return rows[0]!.count
}

/** The position of the `n`-th run, read from the index; undefined if there are fewer. */
async function positionAt(
  db: Db<TrackingSchema>,
  where: readonly RawBuilder<SqlBool>[],
  n: number,
): Promise<Position | undefined> {
  const { rows } = await sql<{ start_time: number; run_id: string }>`
    select runs.start_time, runs.run_id from runs where ${sql.join(where, sql` and `)}
    order by ${orderBy(TERMS)} limit 1 offset ${n - 1}`.execute(db.read)
  return rows[0] && [rows[0].start_time, rows[0].run_id]
}
