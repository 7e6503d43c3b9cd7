import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { Tx } from '../flow/run-rows.js'

const MAX_JOBS = 1_000

/** The jobs that the tasks of a job run. */
export const jobsRunBy = ({ tasks = [] }: JobSettings): number[] =>
  tasks.flatMap(({ run_job_task, for_each_task }) =>
    [run_job_task, for_each_task?.task.run_job_task].flatMap((one) => one?.job_id ?? []),
  )

/** @throws INVALID_PARAMETER_VALUE when one of the jobs runs the job `jobId` again, directly or through others */
export async function requireNoCycle(db: Tx, jobId: number, runs: readonly number[]): Promise<void> {
  const seen = new Set<number>()
  for (let next = [...new Set(runs)]; next.length > 0; ) {
    if (next.includes(jobId))
      throw invalid(`run_job_task: job ${jobId} would run itself again, through the jobs that it runs.`)
    for (const id of next) seen.add(id)
    if (seen.size > MAX_JOBS) throw invalid(`run_job_task: a job may run at most ${MAX_JOBS} others.`)
    const rows = await db
      .selectFrom('jobs')
      .select('settings')
      .where('job_id', 'in', next)
      .where('deleted_at', 'is', null)
      .execute()
    const further = rows.flatMap((row) => jobsRunBy(JSON.parse(row.settings) as JobSettings))
    next = [...new Set(further)].filter((id) => !seen.has(id))
  }
}
