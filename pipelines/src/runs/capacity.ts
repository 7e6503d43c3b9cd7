import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { Tx } from '../flow/run-rows.js'
import type { JobRow, RunStateName } from '../schema.js'

/** States of runs that count against `max_concurrent_runs`. */
export const STARTED_STATES = ['RUNNING', 'TERMINATING'] as const

/** The initial state of a new run of a job. Needs the lock of the job. @param queue replaces the setting of the job */
export async function initialState(
  tx: Tx,
  job: JobRow,
  queue?: { enabled: boolean },
): Promise<'RUNNING' | 'QUEUED' | 'SKIPPED'> {
  const settings = JSON.parse(job.settings) as JobSettings
  if ((await countRuns(tx, job.job_id, STARTED_STATES)) < (settings.max_concurrent_runs ?? 1))
    return 'RUNNING'
  return (queue ?? settings.queue)?.enabled ? 'QUEUED' : 'SKIPPED'
}

export async function countRuns(tx: Tx, jobId: number, states: readonly RunStateName[]): Promise<number> {
  const row = await tx
    .selectFrom('job_runs')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('job_id', '=', jobId)
    .where('state', 'in', states)
    .executeTakeFirstOrThrow()
  return row.n
}

/** The number of the latest run of a job. */
export async function lastNumber(tx: Tx, jobId: number): Promise<number> {
  const row = await tx
    .selectFrom('job_runs')
    .select((eb) => eb.fn.max('number_in_job').as('n'))
    .where('job_id', '=', jobId)
    .executeTakeFirst()
  return row?.n ?? 0
}
