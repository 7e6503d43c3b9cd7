import type { Db } from '@cairn/platform/db/db'
import { type Kysely, sql } from 'kysely'
import { TRACE_TAG } from '../entries/trace-entries.js'
import type { TrackingSchema } from '../schema.js'

type Reader = Kysely<TrackingSchema>

/** A deleted item past its retention time. */
export interface ExpiredItem {
  readonly id: string
  readonly name: string
  readonly location: string
  /** Number of runs, models and traces of an experiment that still exist and block its removal. */
  readonly remaining?: number
}

export interface PageOptions {
  /** Only items that were deleted before this time, in milliseconds since the epoch. */
  readonly before: number
  readonly after: string
  readonly limit: number
}

const deletedAt = sql<number>`coalesce(deleted_time, end_time, start_time)`

export const expiredRuns = (read: Reader, before: number) =>
  read.selectFrom('runs').where('lifecycle_stage', '=', 'deleted').where(deletedAt, '<', before)

export const expiredExperiments = (read: Reader, before: number) =>
  read
    .selectFrom('experiments')
    .where('lifecycle_stage', '=', 'deleted')
    .where('last_update_time', '<', before)

/** Models that were deleted themselves or with their experiment. */
export const expiredModels = (read: Reader, before: number) =>
  read
    .selectFrom('logged_models')
    .where((eb) =>
      eb.or([
        eb.and([eb('lifecycle_stage', '=', 'deleted'), eb('last_updated_timestamp_ms', '<', before)]),
        eb('experiment_id', 'in', expiredExperiments(read, before).select('experiment_id')),
      ]),
    )

/** Traces of expired experiments; deleting a trace itself removes it immediately. */
export const expiredTraces = (read: Reader, before: number) =>
  read
    .selectFrom('traces')
    .where('traces.experiment_id', 'in', expiredExperiments(read, before).select('experiment_id'))

export const listExpiredRuns = (
  { read }: Db<TrackingSchema>,
  { before, after, limit }: PageOptions,
): Promise<ExpiredItem[]> =>
  expiredRuns(read, before)
    .select(['run_id as id', 'run_name as name', 'artifact_uri as location'])
    .where('run_id', '>', after)
    .orderBy('run_id')
    .limit(limit)
    .execute()

export const listExpiredModels = (
  { read }: Db<TrackingSchema>,
  { before, after, limit }: PageOptions,
): Promise<ExpiredItem[]> =>
  expiredModels(read, before)
    .select(['model_id as id', 'name', 'artifact_uri as location'])
    .where('model_id', '>', after)
    .orderBy('model_id')
    .limit(limit)
    .execute()

export async function listExpiredTraces(
  { read }: Db<TrackingSchema>,
  { before, after, limit }: PageOptions,
): Promise<ExpiredItem[]> {
  const rows = await expiredTraces(read, before)
    .leftJoin('trace_tags', (join) =>
      join
        .onRef('trace_tags.trace_id', '=', 'traces.trace_id')
        .on('trace_tags.key', '=', TRACE_TAG.ARTIFACTS),
    )
    .select(['traces.trace_id as id', 'trace_tags.value as location'])
    .where('traces.trace_id', '>', after)
    .orderBy('traces.trace_id')
    .limit(limit)
    .execute()
  return rows.map(({ id, location }) => ({ id, name: '', location: location ?? '' }))
}

const REMAINING = sql<number>`(${sql.join(
  ['runs', 'logged_models', 'traces'].map(
    (table) =>
      sql`(select count(*) from ${sql.table(table)} as own where own.experiment_id = experiments.experiment_id)`,
  ),
  sql` + `,
)})`

/** Includes the number of remaining runs, models and traces: an experiment is kept as long as one of them is. */
export async function listExpiredExperiments(
  { read }: Db<TrackingSchema>,
  { before, after, limit }: PageOptions,
): Promise<ExpiredItem[]> {
  const rows = await expiredExperiments(read, before)
    .select(['experiment_id', 'name', 'artifact_location'])
    .select(REMAINING.as('remaining'))
    .where('experiment_id', '>', after === '' ? -1 : Number(after))
    .orderBy('experiment_id')
    .limit(limit)
    .execute()
  return rows.map(({ experiment_id, name, artifact_location, remaining }) => ({
    id: String(experiment_id),
    name,
    location: artifact_location,
    remaining: Number(remaining),
  }))
}
