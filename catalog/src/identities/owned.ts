import type { Db } from '@cairn/platform/db/db'
import type { CatalogSchema } from '../schema.js'

/** Names of what a principal owns in the catalog, a few of them: it cannot be deleted before they have another owner. */
export async function ownedBy(db: Db<CatalogSchema>, principalId: string): Promise<string[]> {
  const few = 5
  const catalogs = await db.read
    .selectFrom('catalogs')
    .select('name')
    .where('owner', '=', principalId)
    .limit(few)
    .execute()
  const schemas = await db.read
    .selectFrom('schemas')
    .innerJoin('catalogs', 'catalogs.id', 'schemas.catalog_id')
    .select(['catalogs.name as catalog', 'schemas.name'])
    .where('schemas.owner', '=', principalId)
    .limit(few)
    .execute()
  const leaves = await Promise.all(
    (['tables', 'volumes'] as const).map((kind) =>
      db.read
        .selectFrom(kind)
        .innerJoin('schemas', 'schemas.schema_id', `${kind}.schema_id`)
        .innerJoin('catalogs', 'catalogs.id', 'schemas.catalog_id')
        .select(['catalogs.name as catalog', 'schemas.name as schema', `${kind}.name`])
        .where(`${kind}.owner`, '=', principalId)
        .limit(few)
        .execute(),
    ),
  )
  return [
    ...catalogs.map((one) => one.name),
    ...schemas.map((one) => `${one.catalog}.${one.name}`),
    ...leaves.flat().map((one) => `${one.catalog}.${one.schema}.${one.name}`),
  ].slice(0, few)
}
