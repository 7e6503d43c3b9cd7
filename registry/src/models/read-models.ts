import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import type { ModelVersion, RegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import { readAliases } from '../aliases/read-aliases.js'
import type { RegisteredModelRow, RegistrySchema } from '../schema.js'
import type { Tags } from '../tags.js'
import { latestVersions } from '../versions/read-versions.js'

/** Models with tags, aliases and latest versions, in the order of `rows`. */
export async function readModels(
  db: Db<RegistrySchema>,
  rows: readonly RegisteredModelRow[],
): Promise<RegisteredModel[]> {
  if (rows.length === 0) return []
  const names = rows.map((row) => row.name)
  const [tags, aliases, latest] = await Promise.all([
    db.read
      .selectFrom('registered_model_tags')
      .selectAll()
      .where('name', 'in', names)
      .orderBy('key')
      .execute(),
    readAliases(db, names),
    latestVersions(db, names),
  ])
  const tagsOf = groupBy(tags, ({ name }) => name)
  const aliasesOf = groupBy(aliases, ({ name }) => name)
  const latestOf = groupBy(latest, ({ name }) => name)
  return rows.map((row) =>
    modelOnWire(row, {
      tags: tagsOf.get(row.name) ?? [],
      aliases: aliasesOf.get(row.name) ?? [],
      latest: latestOf.get(row.name) ?? [],
    }),
  )
}

interface ModelRelations {
  readonly tags: Tags
  readonly aliases: readonly { alias: string; version: number }[]
  readonly latest: ModelVersion[]
}

const modelOnWire = (
  row: RegisteredModelRow,
  { tags, aliases, latest }: ModelRelations,
): RegisteredModel => ({
  name: row.name,
  creation_timestamp: row.creation_timestamp,
  last_updated_timestamp: row.last_updated_timestamp,
  ...(row.description && { description: row.description }),
  ...(latest.length > 0 && { latest_versions: latest }),
  ...(tags.length > 0 && { tags: tags.map(({ key, value }) => ({ key, value })) }),
  ...(aliases.length > 0 && {
    aliases: aliases.map(({ alias, version }) => ({ alias, version: String(version) })),
  }),
})
