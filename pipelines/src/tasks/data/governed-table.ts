import type { Blobs } from '@cairn/platform/blobs/blobs'
import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { TemporaryTableCredentials } from '@cairn/platform/protocol/credentials'
import {
  type ColumnType,
  CreateStagingTable,
  CreateTable,
  GetTable,
  type TableInfo,
  UpdateTable,
} from '@cairn/platform/protocol/tables'
import type { WrittenTable } from '@cairn/platform/tables/write'
import { orAbsent } from '../absent.js'

/** Properties that say what is in a table, beside those of people. */
export const DIGEST = 'cairn.digest'
const ROWS = 'cairn.rows'
export const VERSION = 'cairn.version'
const SOURCE = 'cairn.source'

export interface OpenedTable {
  readonly info: TableInfo
  /** The key of its root in the store. */
  readonly key: string
}

/** The way to a table's bytes: the catalog decides for the principal behind `client`. @throws PERMISSION_DENIED */
export async function openTable(client: Client, blobs: Blobs, fullName: string): Promise<OpenedTable> {
  const info = await client(GetTable, { full_name: fullName })
  const { url } = await client(TemporaryTableCredentials, { table_id: info.table_id, operation: 'READ' })
  return { info, key: keyOf(blobs, url) }
}

export interface Target {
  readonly fullName: string
  readonly key: string
  /** Undefined: it does not exist yet, and its place is reserved. */
  readonly info: TableInfo | undefined
  readonly location: string
}

/** A place to write a table's rows to: its own, or one that is reserved for it. @throws PERMISSION_DENIED */
export async function openTarget(client: Client, blobs: Blobs, fullName: string): Promise<Target> {
  const info = await orAbsent(client(GetTable, { full_name: fullName }))
  if (info) {
    const { table_id } = info
    const { url } = await client(TemporaryTableCredentials, { table_id, operation: 'READ_WRITE' })
    return { fullName, key: keyOf(blobs, url), info, location: info.storage_location }
  }
  const { staging_location } = await client(CreateStagingTable, parts(fullName))
  return { fullName, key: keyOf(blobs, staging_location), info, location: staging_location }
}

/** Tells the catalog what a target holds now; a new one becomes a table by this. */
export async function publish(
  client: Client,
  target: Target,
  written: WrittenTable,
  about: { comment: string; source: string },
): Promise<TableInfo> {
  const columns = written.columns.map((column) => ({ ...column, type_name: column.type_name as ColumnType }))
  const properties = {
    ...target.info?.properties,
    [DIGEST]: written.digest,
    [ROWS]: String(written.rows),
    [VERSION]: String(written.version),
    [SOURCE]: about.source,
  }
  if (target.info) return client(UpdateTable, { full_name: target.fullName, columns, properties })
  return client(CreateTable, {
    ...parts(target.fullName),
    table_type: 'MANAGED',
    data_source_format: 'DELTA',
    storage_location: target.location,
    columns,
    comment: about.comment,
    properties,
  })
}

function parts(fullName: string) {
  const [catalog_name, schema_name, name, more] = fullName.split('.')
  if (!catalog_name || !schema_name || !name || more !== undefined)
    throw invalid(`'${fullName}' is not the name of a table: catalog.schema.table`)
  return { catalog_name, schema_name, name }
}

/** A table's address as a key of the store that holds managed tables. */
function keyOf(blobs: Blobs, uri: string): string {
  const root = blobs.uri('tables')
  const inside = uri.startsWith(`${root}/`) && decodeURIComponent(uri.slice(root.length + 1))
  if (!inside) throw invalid(`The table at ${uri} does not lie in this server's store.`)
  return `tables/${withoutTrailingSlashes(inside)}`
}
