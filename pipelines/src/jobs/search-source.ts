import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Db } from '@cairn/platform/db/db'
import { byMatch, NO_ID, nameMatches, numericId } from '@cairn/platform/search/name-match'
import type { SearchSource } from '@cairn/platform/search/sources'
import type { PipelinesSchema } from '../schema.js'
import { JOB_OF_RUN } from './securable.js'

/** Finds jobs by the words of their names, and jobs and runs by id. */
export const jobSource =
  (db: Db<PipelinesSchema>, { objects }: Authorizer): SearchSource =>
  async (query) => {
    const allowed = await objects.allowedObjects(query.principal, ['READ JOBS'], 'job')
    const id = numericId(query)
    const jobs = await db.read
      .selectFrom('jobs')
      .select(['job_id', 'name'])
      .where('deleted_at', 'is', null)
      .where((eb) => eb.or([nameMatches(db, 'name', query), eb('job_id', '=', id)]))
      .$if(allowed !== undefined, (found) => found.where(allowed!.has('jobs.job_id')))
      .orderBy((eb) => eb.case().when('job_id', '=', id).then(0).else(1).end())
      .orderBy(byMatch(db, 'name', query))
      .limit(query.limit)
      .execute()
    const run = db.read
      .selectFrom('job_runs')
      .select(['run_id', 'run_name'])
      .where('run_id', '=', id)
      .$if(allowed !== undefined, (found) => found.where(allowed!.has(JOB_OF_RUN)))
    const runs = id === NO_ID ? [] : await run.execute()
    return [
      ...jobs.map((row) => ({ kind: 'job' as const, id: String(row.job_id), name: row.name })),
      ...runs.map((row) => ({ kind: 'job_run' as const, id: String(row.run_id), name: row.run_name })),
    ]
  }
