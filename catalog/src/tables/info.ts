import type { TableInfo } from '@cairn/platform/protocol/tables'
import { ownerName, withoutNulls } from '../securables/provenance.js'
import type { NamedTableRow } from './store.js'

/** A table in Unity Catalog's format. */
export const tableInfo = (row: NamedTableRow): TableInfo => {
  const { owner_name: _, schema_id: __, ...wire } = row
  return {
    ...withoutNulls(wire),
    full_name: fullTableName(row),
    columns: JSON.parse(row.columns),
    properties: JSON.parse(row.properties),
    owner: ownerName(row),
    metastore_id: 'metastore',
  }
}

export const fullTableName = ({ catalog_name, schema_name, name }: NamedTableRow) =>
  `${catalog_name}.${schema_name}.${name}`
