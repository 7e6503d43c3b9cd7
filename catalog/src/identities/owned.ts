import { Securables } from '@cairn/platform/auth/securables'
import type { Db } from '@cairn/platform/db/db'
import type { CatalogSchema } from '../schema.js'

/** Up to five names of securables that a principal owns; they need another owner before it can be deleted. */
export async function ownedSecurables(db: Db<CatalogSchema>, principalId: string): Promise<string[]> {
  const limit = 5
  const catalogs = await db.read
    .selectFrom('catalogs')
    .select('name')
    .where('owner', '=', principalId)
    .limit(limit)
    .execute()
  const schemas = await db.read
    .selectFrom('schemas')
    .innerJoin('catalogs', 'catalogs.id', 'schemas.catalog_id')
    .select(['catalogs.name as catalog', 'schemas.name'])
    .where('schemas.owner', '=', principalId)
    .limit(limit)
    .execute()
  const leaves = await Promise.all(
    (['tables', 'volumes'] as const).map((kind) =>
      db.read
        .selectFrom(kind)
        .innerJoin('schemas', 'schemas.schema_id', `${kind}.schema_id`)
        .innerJoin('catalogs', 'catalogs.id', 'schemas.catalog_id')
        .select(['catalogs.name as catalog', 'schemas.name as schema', `${kind}.name`])
        .where(`${kind}.owner`, '=', principalId)
        .limit(limit)
        .execute(),
    ),
  )
  const objects = await new Securables(db.for()).ownedBy(principalId, limit)
  return [
    ...objects.map(({ type, name }) => `${type.replaceAll('_', ' ')} ${name}`),
    ...catalogs.map(({ name }) => name),
    ...schemas.map(({ catalog, name }) => `${catalog}.${name}`),
    ...leaves.flat().map(({ catalog, schema, name }) => `${catalog}.${schema}.${name}`),
  ].slice(0, limit)
}
