import type { Db } from '@cairn/platform/db/db'
import { sql } from 'kysely'
import type { PipelinesSchema } from '../schema.js'

export interface QueuedRun {
  readonly run_id: number
  readonly job_id: number
}

/**
 * The oldest queued run of each job that has a free slot. Each job takes a few look-ups in an index, however many of its runs are
 * queued; settings are read of the oldest only.
 */
export async function startableRuns(db: Db<PipelinesSchema>): Promise<QueuedRun[]> {
  const limit = sql`cast(coalesce(${db.dialect.member(sql.ref('head.settings'), 'max_concurrent_runs')}, '1') as integer)`
  const { rows } = await sql<QueuedRun>`
    with recursive queued(job_id) as (
      select min(job_id) from job_runs where state = 'QUEUED'
      union all
      select (select min(job_id) from job_runs where state = 'QUEUED' and job_id > queued.job_id)
      from queued where queued.job_id is not null
    )
    select head.run_id, head.job_id from queued
    join job_runs as head on head.run_id = (
      select run_id from job_runs where state = 'QUEUED' and job_id = queued.job_id
      order by start_time, run_id limit 1
    )
    where (
      select count(*) from job_runs as started
      where started.state in ('RUNNING', 'TERMINATING') and started.job_id = queued.job_id
    ) < ${limit}
    order by head.start_time, head.run_id`.execute(db.read)
  return rows
}
