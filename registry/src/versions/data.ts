import type { Db } from '@cairn/platform/db/db'
import { groupBy } from '@cairn/platform/group-by'
import type { ModelVersion } from '@cairn/platform/protocol/registered-models'
import { aliasesOfModels } from '../aliases/of-models.js'
import { DELETED, type ModelVersionRow, type RegistrySchema } from '../schema.js'
import { versionOnWire } from './wire.js'

/** Whole versions, in the order of `rows`, with two queries whatever their number. */
export async function readVersions(
  db: Db<RegistrySchema>,
  rows: readonly ModelVersionRow[],
): Promise<ModelVersion[]> {
  if (rows.length === 0) return []
  const names = [...new Set(rows.map((row) => row.name))]
  const [tags, aliases] = await Promise.all([
    db.read.selectFrom('model_version_tags').selectAll().where('name', 'in', names).orderBy('key').execute(),
    aliasesOfModels(db, names),
  ])
  const keyOf = (one: { name: string; version: number }) => `${one.version} ${one.name}`
  const tagsOf = groupBy(tags, keyOf)
  const aliasesOf = groupBy(aliases, keyOf)
  return rows.map((row) =>
    versionOnWire(row, {
      tags: (tagsOf.get(keyOf(row)) ?? []).map(({ key, value }) => ({ key, value })),
      aliases: (aliasesOf.get(keyOf(row)) ?? []).map((one) => one.alias),
    }),
  )
}

/** The highest version of each stage of each model, by number. */
export async function latestVersions(
  db: Db<RegistrySchema>,
  names: readonly string[],
): Promise<ModelVersion[]> {
  const rows = await db.read
    .selectFrom('model_versions')
    .selectAll()
    .where('name', 'in', names)
    .where('current_stage', '!=', DELETED)
    .orderBy('version')
    .execute()
  const highest = new Map(rows.map((row) => [`${row.current_stage} ${row.name}`, row]))
  return readVersions(
    db,
    [...highest.values()].sort((a, b) => a.version - b.version),
  )
}
