import { groupBy } from '@cairn/platform/collections/group-by'
import { inBatches } from '@cairn/platform/collections/in-batches'
import type { Db } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import type { ModelVersion } from '@cairn/platform/protocol/registered-models'
import { sql } from 'kysely'
import { DELETED, type ModelVersionRow, type RegistrySchema } from '../schema.js'
import { versionOnWire } from './wire.js'

const KEY: Columns = { name: 'text', version: 'bigint' }
const AT_ONCE = 250

interface VersionKey {
  readonly name: string
  readonly version: number
}

export async function readVersion(db: Db<RegistrySchema>, row: ModelVersionRow): Promise<ModelVersion> {
  const beside = await readBeside(db, [row])
  return versionOnWire(row, beside.of(row))
}

/**
 * Whole versions, in the order of `keys`, without those that are deleted by now. Ten thousand may hold more than others
 * should wait for.
 */
export const readVersions = (db: Db<RegistrySchema>, keys: readonly VersionKey[]): Promise<ModelVersion[]> =>
  inBatches(keys, (part) => readPart(db, part), AT_ONCE)

async function readPart(db: Db<RegistrySchema>, keys: readonly VersionKey[]): Promise<ModelVersion[]> {
  const [rows, beside] = await Promise.all([
    ofVersions<ModelVersionRow>(db, keys, ['model_versions', 'version']),
    readBeside(db, keys),
  ])
  const rowOf = new Map(rows.map((row) => [textOf(row), row]))
  return keys.flatMap((key) => {
    const row = rowOf.get(textOf(key))
    return row && row.current_stage !== DELETED ? [versionOnWire(row, beside.of(row))] : []
  })
}

const textOf = ({ name, version }: VersionKey) => `${version} ${name}`

/** What versions have beside their rows. */
async function readBeside(db: Db<RegistrySchema>, keys: readonly VersionKey[]) {
  const [tags, aliases] = await Promise.all([
    ofVersions<RegistrySchema['model_version_tags']>(db, keys, ['model_version_tags', 'key']),
    ofVersions<RegistrySchema['registered_model_aliases']>(db, keys, ['registered_model_aliases', 'alias']),
  ])
  const tagsOf = groupBy(tags, textOf)
  const aliasesOf = groupBy(aliases, textOf)
  return {
    of: (key: VersionKey) => ({
      tags: (tagsOf.get(textOf(key)) ?? []).map((one) => ({ key: one.key, value: one.value })),
      aliases: (aliasesOf.get(textOf(key)) ?? []).map(({ alias }) => alias),
    }),
  }
}

/** What a table holds of these versions and of no others of their models: the text of a prompt is a tag of a version. */
async function ofVersions<Row>(
  db: Db<RegistrySchema>,
  versions: readonly VersionKey[],
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
