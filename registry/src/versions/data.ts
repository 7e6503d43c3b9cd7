import type { Db } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import { groupBy } from '@cairn/platform/group-by'
import type { ModelVersion } from '@cairn/platform/protocol/registered-models'
import { sql } from 'kysely'
import { DELETED, type ModelVersionRow, type RegistrySchema } from '../schema.js'
import { versionOnWire } from './wire.js'

const KEY: Columns = { name: 'text', version: 'bigint' }

/** Whole versions, in the order of `rows`, with two queries whatever their number. */
export async function readVersions(
  db: Db<RegistrySchema>,
  rows: readonly ModelVersionRow[],
): Promise<ModelVersion[]> {
  if (rows.length === 0) return []
  const [tags, aliases] = await Promise.all([
    ofVersions<RegistrySchema['model_version_tags']>(db, rows, ['model_version_tags', 'key']),
    ofVersions<RegistrySchema['registered_model_aliases']>(db, rows, ['registered_model_aliases', 'alias']),
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

/** What a table holds of these versions and of no others of their models: the text of a prompt is a tag of a version. */
async function ofVersions<Row>(
  db: Db<RegistrySchema>,
  versions: readonly ModelVersionRow[],
  [table, order]: readonly [string, string],
): Promise<Row[]> {
  const keys = versions.map(({ name, version }) => ({ name, version }))
  const { rows } = await sql<Row>`select held.* from ${db.dialect.rows(keys, KEY)} as wanted
    cross join ${sql.table(table)} as held where held.name = wanted.name and held.version = wanted.version
    order by ${sql.ref(`held.${order}`)}`.execute(db.read)
  return rows
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
