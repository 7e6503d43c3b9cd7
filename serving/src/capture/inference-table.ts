import type { Blobs } from '@cairn/platform/blobs/blobs'
import { invalid } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { type ColumnInfo, CreateTable, type TableInfo } from '@cairn/platform/protocol/unity/tables'
import { commitDelta } from '@cairn/platform/tables/commit'
import { findDelta } from '@cairn/platform/tables/delta'
import { openWriteTarget, type WriteTarget } from '@cairn/platform/tables/governed-table'
import { PAYLOAD_COLUMNS, PAYLOAD_FIELDS } from './columns.js'

export interface TableName {
  readonly catalog_name: string
  readonly schema_name: string
  readonly name: string
}

/**
 * Creates an inference table, or reuses an existing one with the same columns.
 *
 * @param client acts as the principal that owns the new table
 * @returns its id
 * @throws PERMISSION_DENIED for an existing table that the principal may not modify; INVALID_PARAMETER_VALUE for one with
 * other columns
 */
export async function ensureInferenceTable(client: Client, blobs: Blobs, table: TableName): Promise<string> {
  const { catalog_name, schema_name, name } = table
  const target = await openWriteTarget(client, blobs, `${catalog_name}.${schema_name}.${name}`)
  if (!target.info) return createTable(client, blobs, table, target)
  requirePayloadColumns(target.info)
  if (!(await findDelta(blobs, target.key))) await createFiles(blobs, target.key)
  return target.info.table_id
}

const createFiles = (blobs: Blobs, key: string) =>
  commitDelta(blobs, key, { mode: 'create', fields: PAYLOAD_FIELDS, adds: [], rows: 0 })

async function createTable(client: Client, blobs: Blobs, table: TableName, { key, location }: WriteTarget) {
  await createFiles(blobs, key)
  const { table_id } = await client(CreateTable, {
    ...table,
    table_type: 'MANAGED',
    data_source_format: 'DELTA',
    storage_location: location,
    columns: PAYLOAD_COLUMNS as readonly object[] as ColumnInfo[],
    comment: 'Queries of a serving endpoint with their responses',
  })
  return table_id
}

function requirePayloadColumns({ full_name, columns }: TableInfo): void {
  const shape = (all: readonly { name: string; type_text: string }[]) =>
    all.map(({ name, type_text }) => `${name} ${type_text}`).join(', ')
  if (shape(columns) === shape(PAYLOAD_COLUMNS)) return
  throw invalid(
    `'inference_table_config' names '${full_name}', which exists with other columns: set another 'table_name_prefix'.`,
  )
}
