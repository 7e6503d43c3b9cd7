import type { Blobs } from '../blobs/blobs.js'
import { gatewayRoot } from '../blobs/gateway-address.js'
import { withoutTrailingSlashes } from '../blobs/path.js'
import { invalid, unlessMissing } from '../errors.js'
import type { Client } from '../protocol/client.js'
import { TemporaryTableCredentials } from '../protocol/unity/credentials.js'
import {
  type ColumnType,
  CreateStagingTable,
  CreateTable,
  GetTable,
  type TableInfo,
  UpdateTable,
} from '../protocol/unity/tables.js'
import type { WrittenTable } from './write.js'

/** Table properties that describe the contents, in addition to those of users. */
export const DIGEST_PROPERTY = 'cairn.digest'
const ROWS = 'cairn.rows'
export const VERSION_PROPERTY = 'cairn.version'
const SOURCE = 'cairn.source'

export interface OpenedTable {
  readonly info: TableInfo
  /** The key of the table's root in the artifact store. */
  readonly key: string
}

/** Opens a table for reading, as the principal of `client`. @throws PERMISSION_DENIED */
export async function openTable(client: Client, blobs: Blobs, fullName: string): Promise<OpenedTable> {
  const info = await client(GetTable, { full_name: fullName })
  const { url } = await client(TemporaryTableCredentials, { table_id: info.table_id, operation: 'READ' })
  return { info, key: keyOfTable(blobs, url) }
}

export interface WriteTarget {
  readonly fullName: string
  readonly key: string
  /** Undefined if the table does not exist yet and its location is reserved. */
  readonly info: TableInfo | undefined
  readonly location: string
}

/** Opens a table for writing, or reserves the location of a new one. @throws PERMISSION_DENIED */
export async function openWriteTarget(client: Client, blobs: Blobs, fullName: string): Promise<WriteTarget> {
  const info = await client(GetTable, { full_name: fullName }).catch(unlessMissing)
  if (info) {
    const { table_id } = info
    const { url } = await client(TemporaryTableCredentials, { table_id, operation: 'READ_WRITE' })
    return { fullName, key: keyOfTable(blobs, url), info, location: info.storage_location }
  }
  const { staging_location } = await client(CreateStagingTable, splitName(fullName))
  return { fullName, key: keyOfTable(blobs, staging_location), info, location: staging_location }
}

/** Updates the catalog after a write, and creates the table if it is new. */
export async function publish(
  client: Client,
  target: WriteTarget,
  written: WrittenTable,
  description: { comment: string; source: string },
): Promise<TableInfo> {
  const columns = written.columns.map((column) => ({ ...column, type_name: column.type_name as ColumnType }))
  const properties = { ...target.info?.properties, ...contentProperties(written, description.source) }
  if (target.info) return client(UpdateTable, { full_name: target.fullName, columns, properties })
  return client(CreateTable, {
    ...splitName(target.fullName),
    table_type: 'MANAGED',
    data_source_format: 'DELTA',
    storage_location: target.location,
    columns,
    comment: description.comment,
    properties,
  })
}

function splitName(fullName: string) {
  const [catalog_name, schema_name, name, more] = fullName.split('.')
  if (!catalog_name || !schema_name || !name || more !== undefined)
    throw invalid(`'${fullName}' is not a table name; use catalog.schema.table.`)
  return { catalog_name, schema_name, name }
}

/** Converts the URI of a managed table to a key of the artifact store. @throws INVALID_PARAMETER_VALUE for another table */
export function keyOfTable(blobs: Blobs, uri: string): string {
  const roots = [blobs.uri('tables'), `${gatewayRoot(blobs.uri(''))}/tables`]
  const root = roots.find((one) => uri.startsWith(`${one}/`))
  const inside = root && decodeURIComponent(uri.slice(root.length + 1))
  if (!inside) throw invalid(`The table at ${uri} is not in the artifact store of this server.`)
  return `tables/${withoutTrailingSlashes(inside)}`
}

/** Returns the properties that describe the contents of a written table. */
export const contentProperties = (
  { digest, rows, version }: WrittenTable,
  source: string,
): Record<string, string> => ({
  [DIGEST_PROPERTY]: digest,
  [ROWS]: String(rows),
  [VERSION_PROPERTY]: String(version),
  [SOURCE]: source,
})
