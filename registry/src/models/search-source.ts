import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import type { Db } from '@cairn/platform/db/db'
import { byMatch, nameMatches, textContains } from '@cairn/platform/search/name-match'
import type { SearchQuery, SearchSource } from '@cairn/platform/search/sources'
import { sql } from 'kysely'
import { IS_PROMPT } from '../namespace/prompts.js'
import { DELETED, type RegistrySchema } from '../schema.js'

/** `movies 3`, `movies v3` and `movies/3`. */
const VERSION = /^(?<model>.+?)(?:\s+v?|\/|\s*@?v)(?<version>\d{1,9})$/i

/** Registered models and prompts by the words of their names, and versions by the name of the model and their number. */
export const modelSource =
  (db: Db<RegistrySchema>, { objects }: Authorizer): SearchSource =>
  async (query) => {
    const allowed = await objects.allowedObjects(query.principal, ['READ MODELS'], 'registered_model')
    const [models, prompts, found] = await Promise.all([
      named(db, query, allowed, false),
      named(db, query, allowed, true),
      versions(db, query, allowed),
    ])
    return [
      ...models.map((name) => ({ kind: 'model' as const, id: name, name })),
      ...prompts.map((name) => ({ kind: 'prompt' as const, id: name, name })),
      ...found,
    ]
  }

/** Read once for all rows: a lookup for each would take most of the time. */
const PROMPTS = sql`(select tag.name from registered_model_tags as tag
  where tag.key = ${IS_PROMPT} and lower(tag.value) = 'true')`

async function named(
  db: Db<RegistrySchema>,
  query: SearchQuery,
  allowed: AllowedObjects | undefined,
  prompts: boolean,
) {
  const rows = await db.read
    .selectFrom('registered_models')
    .select('name')
    .where(nameMatches(db, 'name', query))
    .where(sql<boolean>`name ${sql.raw(prompts ? 'in' : 'not in')} ${PROMPTS}`)
    .$if(allowed !== undefined, (found) => found.where(allowed!.hasName('registered_models.name')))
    .orderBy(byMatch(db, 'name', query))
    .limit(query.limit)
    .execute()
  return rows.map(({ name }) => name)
}

async function versions(db: Db<RegistrySchema>, query: SearchQuery, allowed: AllowedObjects | undefined) {
  const { model, version } = VERSION.exec(query.text)?.groups ?? {}
  if (model === undefined) return []
  const rows = await db.read
    .selectFrom('model_versions')
    .select(['name', 'version'])
    .where('version', '=', Number(version))
    .where(textContains(db, 'name', model))
    .where('current_stage', '!=', DELETED)
    .where(sql<boolean>`name not in ${PROMPTS}`)
    .$if(allowed !== undefined, (found) => found.where(allowed!.hasName('model_versions.name')))
    .orderBy(byMatch(db, 'name', { ...query, text: model }))
    .limit(query.limit)
    .execute()
  return rows.map((row) => ({ kind: 'version' as const, id: String(row.version), name: row.name }))
}
