import type { Config } from '@cairn/platform/config'
import type { Db } from '@cairn/platform/db/db'
import type { RetentionRule } from '@cairn/platform/db/retention'
import { sql } from 'kysely'
import type { PipelinesSchema } from '../schema.js'

type Days = Pick<Config, 'task_attempt_retention_days' | 'task_log_retention_days'>

/** Deletes attempts and log lines of ended runs, and skipped runs. Other runs and their results are kept. */
export const runRetention = (db: Db<PipelinesSchema>, days: Days): RetentionRule[] => [
  {
    name: 'attempts of tasks',
    days: days.task_attempt_retention_days,
    purge: (before, limit) => purgeOfEnded(db, 'task_attempts', 'attempt', before, limit),
  },
  {
    name: 'skipped runs of jobs',
    days: days.task_attempt_retention_days,
    purge: (before, limit) => purgeSkipped(db, before, limit),
  },
  {
    name: 'logs of tasks',
    days: days.task_log_retention_days,
    purge: (before, limit) => purgeOfEnded(db, 'task_logs', 'line', before, limit),
  },
  {
    name: 'executed notebooks of tasks',
    days: days.task_log_retention_days,
    purge: (before, limit) => purgeOfEnded(db, 'task_notebooks', 'attempt', before, limit),
  },
]

/** Skipped runs have no tasks. Those that a task started are kept with it. */
const purgeSkipped = (db: Db<PipelinesSchema>, before: number, limit: number): Promise<number> =>
  db.transaction(async (tx) => {
    const { numAffectedRows } = await sql`delete from job_runs where run_id in (
      select run_id from job_runs
      where state = 'SKIPPED' and ended_at < ${before} and parent_task_run_id is null limit ${limit})`.execute(
      tx,
    )
    return Number(numAffectedRows)
  })

/** @param part the column that identifies a row within its task run */
function purgeOfEnded(
  db: Db<PipelinesSchema>,
  table: 'task_attempts' | 'task_logs' | 'task_notebooks',
  part: 'attempt' | 'line',
  before: number,
  limit: number,
): Promise<number> {
  const [rows, column] = [sql.table(table), sql.ref(part)]
  return db.transaction(async (tx) => {
    const { numAffectedRows } = await sql`delete from ${rows} where (task_run_id, ${column}) in (
      select one.task_run_id, one.${column} from job_runs as run
      join task_runs as task on task.run_id = run.run_id
      join ${rows} as one on one.task_run_id = task.task_run_id
      where run.ended_at < ${before} limit ${limit})`.execute(tx)
    return Number(numAffectedRows)
  })
}
