import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Db } from '@cairn/platform/db/db'
import { byMatch, nameMatches, numericId } from '@cairn/platform/search/name-match'
import type { SearchSource } from '@cairn/platform/search/sources'
import type { TrackingSchema } from '../schema.js'

/** Finds experiments by the words of their names and by id. */
export const experimentSource =
  (db: Db<TrackingSchema>, { objects }: Authorizer): SearchSource =>
  async (query) => {
    const allowed = await objects.allowedObjects(query.principal, ['READ EXPERIMENTS'], 'experiment')
    const id = numericId(query)
    const rows = await db.read
      .selectFrom('experiments')
      .select(['experiment_id', 'name'])
      .where('lifecycle_stage', '=', 'active')
      .where((eb) => eb.or([nameMatches(db, 'name', query), eb('experiment_id', '=', id)]))
      .$if(allowed !== undefined, (found) => found.where(allowed!.has('experiments.experiment_id')))
      .orderBy((eb) => eb.case().when('experiment_id', '=', id).then(0).else(1).end())
      .orderBy(byMatch(db, 'name', query))
      .limit(query.limit)
      .execute()
    return rows.map(({ experiment_id, name }) => ({ kind: 'experiment', id: String(experiment_id), name }))
  }
