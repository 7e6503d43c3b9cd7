import { groupBy } from '@cairn/platform/collections/group-by'
import { inBatches } from '@cairn/platform/collections/in-batches'
import type { Db } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import type { ModelVersion } from '@cairn/platform/protocol/mlflow/registered-models'
import { sql } from 'kysely'
import { DELETED, type ModelVersionRow, type RegistrySchema } from '../schema.js'
import { versionOnWire } from './wire.js'

const KEY: Columns = { name: 'text', version: 'bigint' }
const BATCH = 250

interface VersionKey {
  readonly name: string
  readonly version: number
}

export async function readVersion(db: Db<RegistrySchema>, row: ModelVersionRow): Promise<ModelVersion> {
  const relations = await readRelations(db, [row])
  return versionOnWire(row, relations.of(row))
}

/**
 * Reads versions with their tags and aliases, in the order of `keys`, without deleted ones. Reads batches, so that a large
 * result does not block the event loop.
 */
export const readVersions = (db: Db<RegistrySchema>, keys: readonly VersionKey[]): Promise<ModelVersion[]> =>
  inBatches(keys, (part) => readPart(db, part), BATCH)

async function readPart(db: Db<RegistrySchema>, keys: readonly VersionKey[]): Promise<ModelVersion[]> {
  const [rows, relations] = await Promise.all([
    rowsOf<ModelVersionRow>(db, keys, ['model_versions', 'version']),
    readRelations(db, keys),
  ])
  const rowOf = new Map(rows.map((row) => [keyText(row), row]))
  return keys.flatMap((key) => {
    const row = rowOf.get(keyText(key))
    return row && row.current_stage !== DELETED ? [versionOnWire(row, relations.of(row))] : []
  })
}

const keyText = ({ name, version }: VersionKey) => `${version} ${name}`

async function readRelations(db: Db<RegistrySchema>, keys: readonly VersionKey[]) {
  const [tags, aliases] = await Promise.all([
    rowsOf<RegistrySchema['model_version_tags']>(db, keys, ['model_version_tags', 'key']),
    rowsOf<RegistrySchema['registered_model_aliases']>(db, keys, ['registered_model_aliases', 'alias']),
  ])
  const tagsOf = groupBy(tags, keyText)
  const aliasesOf = groupBy(aliases, keyText)
  return {
    of: (key: VersionKey) => ({
      tags: (tagsOf.get(keyText(key)) ?? []).map((tag) => ({ key: tag.key, value: tag.value })),
      aliases: (aliasesOf.get(keyText(key)) ?? []).map(({ alias }) => alias),
    }),
  }
}

/** Reads the rows of exactly these versions: the tags of other versions may be large, because prompt texts are tags. */
async function rowsOf<Row>(
  db: Db<RegistrySchema>,
  versions: readonly VersionKey[],
  [table, order]: readonly [string, string],
): Promise<Row[]> {
  const keys = versions.map(({ name, version }) => ({ name, version }))
  const { rows } = await sql<Row>`select t.* from ${db.dialect.rows(keys, KEY)} as wanted
    cross join ${sql.table(table)} as t where t.name = wanted.name and t.version = wanted.version
    order by ${sql.ref(`t.${order}`)}`.execute(db.read)
  return rows
}

/** The highest version of each stage of each model, by number. */
export async function latestVersions(
  db: Db<RegistrySchema>,
  names: readonly string[],
): Promise<ModelVersion[]> {
  const latest = await db.read
    .selectFrom('model_versions')
    .select((eb) => ['name', eb.fn.max('version').as('version')])
    .where('name', 'in', names)
    .where('current_stage', '!=', DELETED)
    .groupBy(['name', 'current_stage'])
    .orderBy('version')
    .execute()
  return readVersions(db, latest)
}
