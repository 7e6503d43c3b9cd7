import type { Naming, Namings } from '@cairn/platform/auth/naming'
import type { Securables, UnenteredObject } from '@cairn/platform/auth/securables'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { missing } from '@cairn/platform/errors'
import { sql } from 'kysely'
import type { PipelinesSchema } from '../schema.js'

export const noSuchJob = (id: number | string) => missing(`Job ${id} does not exist.`)
export const noSuchRun = (id: number | string) => missing(`Run ${id} does not exist.`)

/** The id of the job that a run belongs to. A one-time run is its own job; ids are unique over jobs and runs. */
export const JOB_OF_RUN = sql<number>`coalesce(job_runs.job_id, job_runs.run_id)`

/** How requests name jobs: by their own id, or by that of a run or of a run of one task. */
export function jobNamings(db: Db<PipelinesSchema>): Namings {
  const job_id: Naming = {
    find: async (names) => new Map(names.map((name) => [name, [name]])),
    absent: noSuchJob,
    nothing: '0',
  }
  const run_id: Naming = {
    async find(names) {
      if (names.length === 0) return new Map()
      const wanted = idRows(db.dialect, names)
      const { rows } = await sql<{ name: string; job_id: number }>`
        select wanted.id as name, ${JOB_OF_RUN} as job_id from ${wanted} as wanted
          cross join job_runs where job_runs.run_id = cast(wanted.id as bigint)
        union select wanted.id, ${JOB_OF_RUN} from ${wanted} as wanted
          cross join task_runs join job_runs on job_runs.run_id = task_runs.run_id
          where task_runs.task_run_id = cast(wanted.id as bigint)`.execute(db.read)
      return new Map(rows.map((row) => [row.name, [String(row.job_id)]]))
    },
    absent: noSuchRun,
    nothing: '0',
    isMalformed: (name) => !/^\d{1,18}$/.test(name),
  }
  return { job_id, run_id }
}

/** Enters jobs and one-time runs of earlier releases, which belong to the principals that created them. */
export async function enterJobs(db: Db<PipelinesSchema>, securables: Securables): Promise<void> {
  const { rows } = await sql<UnenteredObject>`
    select id, name, creator, created_at from (
      select cast(job_id as text) as id, name, creator, created_time as created_at from jobs
      union all select cast(run_id as text), run_name, creator, start_time from job_runs where job_id is null
    ) as job where not exists (select 1 from securables where type = 'job' and securables.id = job.id)`.execute(
    db.read,
  )
  await securables.enterMissing('job', rows)
}
