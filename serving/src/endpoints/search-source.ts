import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Db } from '@cairn/platform/db/db'
import { byMatch, nameMatches } from '@cairn/platform/search/name-match'
import type { SearchSource } from '@cairn/platform/search/sources'
import type { ServingSchema } from '../schema.js'

/** Finds endpoints by the words of their names. */
export const endpointSource =
  (db: Db<ServingSchema>, { objects }: Authorizer): SearchSource =>
  async (query) => {
    const allowed = await objects.allowedObjects(query.principal, ['VIEW ENDPOINT'], 'serving_endpoint')
    const rows = await db.read
      .selectFrom('endpoints')
      .select('name')
      .where(nameMatches(db, 'name', query))
      .$if(allowed !== undefined, (found) => found.where(allowed!.has('endpoints.id')))
      .orderBy(byMatch(db, 'name', query))
      .limit(query.limit)
      .execute()
    return rows.map(({ name }) => ({ kind: 'endpoint', id: name, name }))
  }
