import type { Caller } from '@cairn/platform/auth/principal'
import { withoutNulls } from '@cairn/platform/collections/without-nulls'
import type { TableInfo } from '@cairn/platform/protocol/unity/tables'
import { ownerName } from '../securables/authorship.js'
import type { StoreAddresses } from '../securables/store-addresses.js'
import type { NamedTableRow } from './store.js'

/** A table in Unity Catalog's format, as the caller reaches it. */
export const tableInfo = (row: NamedTableRow, addresses: StoreAddresses, caller: Caller): TableInfo => {
  const { owner_name: _, schema_id: __, ...wire } = row
  return {
    ...withoutNulls(wire), // Rust clients accept a missing string but not null
    full_name: fullTableName(row),
    storage_location: addresses.uri(row.storage_location, caller),
    columns: JSON.parse(row.columns),
    properties: JSON.parse(row.properties),
    owner: ownerName(row),
    metastore_id: 'metastore',
  }
}

export const fullTableName = ({ catalog_name, schema_name, name }: NamedTableRow) =>
  `${catalog_name}.${schema_name}.${name}`
