import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Db } from '@cairn/platform/db/db'
import { decodePageToken, encodePageToken, pageOf } from '@cairn/platform/db/page'
import { sql } from 'kysely'
import { JOB_OF_RUN } from '../jobs/securable.js'
import { parsePagePosition } from '../page-position.js'
import type { JobRunRow, PipelinesSchema } from '../schema.js'

export interface RunQuery {
  readonly jobId?: number | undefined
  readonly active?: boolean | undefined
  readonly runType?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** True if runs have all their settings, which may be large, instead of only their parameters. */
  readonly withTasks?: boolean | undefined
  readonly limit: number
  readonly pageToken?: string | undefined
  /** The jobs that the caller may read; undefined for all. */
  readonly allowed?: AllowedObjects | undefined
}

/** States of runs that have not ended. */
export const ACTIVE_STATES = ['QUEUED', 'RUNNING', 'TERMINATING'] as const

const COLUMNS = [
  ...(['run_id', 'job_id', 'parent_task_run_id', 'run_name', 'run_type', 'number_in_job'] as const),
  ...(['idempotency_key', 'creator', 'principal_id', 'writer_id', 'parameters', 'overriding'] as const),
  ...([
    'state',
    'result',
    'message',
    'trigger_type',
    'overrides',
    'stopping',
    'deadline',
    'caching',
    'resumed_from',
  ] as const),
  ...(['warn_at', 'start_time', 'started_at', 'ended_at'] as const),
] satisfies (keyof JobRunRow)[]

/** Lists runs, newest first. */
export async function listRuns(
  db: Db<PipelinesSchema>,
  query: RunQuery,
): Promise<{ runs: readonly JobRunRow[]; next: string | undefined }> {
  const after = decodePageToken(query.pageToken, parsePagePosition)
  const definitions = db.dialect.member(sql.ref('settings'), 'parameters')
  const some = sql<string>`'{"parameters":' || coalesce(case when parameters <> '{}' then ${definitions} end, '[]') || '}'`
  const rows = await db.read
    .selectFrom('job_runs')
    .select(COLUMNS)
    .select((eb) => (query.withTasks ? sql<string>`${eb.ref('settings')}` : some).as('settings'))
    .$if(query.allowed !== undefined, (q) => q.where(query.allowed!.has(JOB_OF_RUN)))
    .$if(query.jobId !== undefined, (q) => q.where('job_id', '=', query.jobId!))
    .$if(query.active === true, (q) => q.where('state', 'in', ACTIVE_STATES))
    .$if(query.active === false, (q) => q.where('state', 'not in', ACTIVE_STATES))
    .$if(query.runType !== undefined, (q) => q.where('run_type', '=', query.runType as JobRunRow['run_type']))
    .$if(query.from !== undefined, (q) => q.where('start_time', '>=', query.from!))
    .$if(query.to !== undefined, (q) => q.where('start_time', '<=', query.to!))
    .$if(after !== undefined, (q) =>
      q.where((eb) => eb(eb.refTuple('start_time', 'run_id'), '<', eb.tuple(after![0], after![1]))),
    )
    .orderBy('start_time', 'desc')
    .orderBy('run_id', 'desc')
    .limit(query.limit + 1)
    .execute()
  const { page, last } = pageOf(rows, query.limit)
  return { runs: page, next: last && encodePageToken([last.start_time, last.run_id]) }
}
