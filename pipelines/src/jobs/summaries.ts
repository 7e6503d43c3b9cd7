import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { decodePageToken, encodePageToken, pageOf } from '@cairn/platform/db/page'
import type { JobSummary, RunMark } from '@cairn/platform/protocol/cairn/job-summaries'
import { textContains } from '@cairn/platform/search/name-match'
import { sql } from 'kysely'
import { ifPresent } from '../if-present.js'
import { parsePagePosition } from '../page-position.js'
import type { JobRunRow, PipelinesSchema } from '../schema.js'

const RUNS = 10

type MarkedRun = Pick<
  JobRunRow,
  'run_id' | 'job_id' | 'number_in_job' | 'start_time' | 'state' | 'result' | 'started_at' | 'ended_at'
>

interface SummaryQuery {
  /** A part of the name, case-insensitive. */
  readonly search?: string | undefined
  readonly limit: number
  readonly pageToken?: string | undefined
  /** The jobs that the caller may read; undefined for all. */
  readonly allowed?: AllowedObjects | undefined
}

/** Jobs without their tasks, which may be large; newest first. */
export async function listSummaries(db: Db<PipelinesSchema>, query: SummaryQuery) {
  const after = decodePageToken(query.pageToken, parsePagePosition)
  const settings = sql.ref('jobs.settings')
  const member = (name: string) => sql<string | null>`${db.dialect.member(settings, name)}`
  const rows = await db.read
    .selectFrom('jobs')
    .leftJoin('job_triggers', 'job_triggers.job_id', 'jobs.job_id')
    .select(['jobs.job_id', 'jobs.name', 'jobs.creator', 'jobs.created_time', 'job_triggers.next_at'])
    .select([member('schedule').as('schedule'), member('trigger').as('trigger')])
    .select([member('continuous').as('continuous'), member('tags').as('tags')])
    .where('jobs.deleted_at', 'is', null)
    .$if(query.allowed !== undefined, (q) => q.where(query.allowed!.has('jobs.job_id')))
    .$if(!!query.search, (q) => q.where(textContains(db, 'jobs.name', query.search!)))
    .$if(after !== undefined, (q) =>
      q.where((eb) =>
        eb(eb.refTuple('jobs.created_time', 'jobs.job_id'), '<', eb.tuple(after![0], after![1])),
      ),
    )
    .orderBy('jobs.created_time', 'desc')
    .orderBy('jobs.job_id', 'desc')
    .limit(query.limit + 1)
    .execute()
  const { page, last } = pageOf(rows, query.limit)
  const runs = await lastRuns(
    db,
    page.map(({ job_id }) => job_id),
  )
  const jobs = page.map(
    (row): Omit<JobSummary, 'permission_level'> => ({
      job_id: row.job_id,
      name: row.name,
      creator_user_name: row.creator,
      created_time: row.created_time,
      ...ifPresent('tags', row.tags && JSON.parse(row.tags)),
      ...ifPresent('schedule', row.schedule && JSON.parse(row.schedule)),
      ...ifPresent('trigger', row.trigger && JSON.parse(row.trigger)),
      ...ifPresent('continuous', row.continuous && JSON.parse(row.continuous)),
      ...ifPresent('next_run_time', row.next_at),
      runs: runs
        .filter(({ job_id }) => job_id === row.job_id)
        .slice(0, RUNS)
        .map(renderRunMark),
    }),
  )
  return { jobs, next: last && encodePageToken([last.created_time, last.job_id]) }
}

/** The last runs of each job, newest first; the index of runs by job answers it. */
async function lastRuns(db: Db<PipelinesSchema>, jobIds: readonly number[]): Promise<readonly MarkedRun[]> {
  if (jobIds.length === 0) return []
  const wanted = idRows(db.dialect, jobIds.map(String))
  const { rows } = await sql<MarkedRun>`
    select run.run_id, run.job_id, run.number_in_job, run.start_time, run.state, run.result, run.started_at, run.ended_at
    from ${wanted} as wanted cross join job_runs as run
    where run.job_id = cast(wanted.id as bigint) and run.start_time >= coalesce((
      select tenth.start_time from job_runs as tenth where tenth.job_id = cast(wanted.id as bigint)
      order by tenth.start_time desc, tenth.run_id desc limit 1 offset ${RUNS - 1}), 0)
    order by run.start_time desc, run.run_id desc`.execute(db.read)
  return rows
}

/** Renders a run as a mark in the list or grid of jobs. */
export const renderRunMark = (run: MarkedRun): RunMark => ({
  run_id: run.run_id,
  number_in_job: run.number_in_job,
  start_time: run.start_time,
  state: run.state,
  ...ifPresent('result', run.result),
  ...ifPresent('started_at', run.started_at),
  ...ifPresent('ended_at', run.ended_at),
})
