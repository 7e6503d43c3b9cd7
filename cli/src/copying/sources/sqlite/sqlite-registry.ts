import type { ImportedModel, ImportedVersion } from '@cairn/platform/protocol/cairn/imports'
import type { ForeignRow, ForeignSqlite } from '../../../database/foreign-sqlite.js'

/** A cell as text; NULL is the empty string. */
export const cellText = (value: unknown) => (value === null || value === undefined ? '' : String(value))

/** False for NULL and for a column that the release did not have yet. */
export const isSet = (value: unknown) => value !== null && value !== undefined

/** Reads the registry, if the database has one. Includes deleted versions, so that their numbers stay reserved. */
export function* readModels(file: ForeignSqlite): Generator<ImportedModel> {
  if (file.columns('registered_models').size === 0) return
  const pairs = (table: string, where: string, ...ids: (string | number)[]) =>
    file
      .all(`select key, value from ${table} where ${where} order by rowid`, ...ids)
      .map((row) => ({ key: cellText(row.key), value: cellText(row.value) }))
  const hasAliases = file.columns('registered_model_aliases').size > 0
  for (const row of file.all('select * from registered_models order by rowid')) {
    const name = cellText(row.name)
    const versions = file.all('select * from model_versions where name = ? order by version', name)
    const aliases = hasAliases
      ? file.all('select alias, version from registered_model_aliases where name = ?', name)
      : []
    yield {
      name,
      creation_timestamp: Number(row.creation_time ?? 0),
      last_updated_timestamp: Number(row.last_updated_time ?? row.creation_time ?? 0),
      ...(row.description && { description: cellText(row.description) }),
      tags: pairs('registered_model_tags', 'name = ?', name),
      versions: versions.map((version) =>
        toVersion(
          version,
          pairs('model_version_tags', 'name = ? and version = ?', name, Number(version.version)),
        ),
      ),
      aliases: aliases.map(({ alias, version }) => ({ alias: cellText(alias), version: Number(version) })),
    }
  }
}

const toVersion = (row: ForeignRow, tags: { key: string; value: string }[]): ImportedVersion => ({
  version: Number(row.version),
  creation_timestamp: Number(row.creation_time ?? 0),
  last_updated_timestamp: Number(row.last_updated_time ?? row.creation_time ?? 0),
  current_stage: cellText(row.current_stage) || 'None',
  description: cellText(row.description),
  source: cellText(row.source),
  run_id: cellText(row.run_id),
  run_link: cellText(row.run_link),
  ...(row.user_id && { user_id: cellText(row.user_id) }),
  tags,
})
