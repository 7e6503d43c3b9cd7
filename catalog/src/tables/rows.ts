import type { Blobs } from '@cairn/platform/blobs/blobs'
import { ApiError, invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { ReadTableRows } from '@cairn/platform/protocol/cairn/table-rows'
import type { ColumnInfo } from '@cairn/platform/protocol/unity/tables'
import { rowsOf } from '@cairn/platform/tables/actions'
import { findDelta } from '@cairn/platform/tables/delta'
import { readRows } from '@cairn/platform/tables/read'
import type { FastifyPluginAsync } from 'fastify'
import type { Access } from '../securables/access.js'
import { tableKey } from '../securables/blob-keys.js'
import type { NamedTableRow, TableStore } from './store.js'

const DEFAULT_ROWS = 100

interface Options {
  readonly blobs: Blobs
  readonly access: Access
  readonly tables: TableStore
}

/** Serves previews of managed tables. Columns and limit are pushed down into the scan. */
export const rowRoutes: FastifyPluginAsync<Options> = async (app, { blobs, access, tables }) => {
  handle(app, ReadTableRows, async ({ full_name, limit = DEFAULT_ROWS, columns }, request) => {
    const { id } = await access.require(request, 'SELECT', 'table', full_name)
    const table = await tables.get(id)
    rejectExternal(table, full_name)
    const selected = selectColumns(JSON.parse(table.columns), columns)
    const header = selected.map(({ name, type_text }) => ({ name, type: type_text }))
    const snapshot = await findDelta(blobs, tableKey(id))
    if (!snapshot) return { columns: header, rows: [], total_rows: 0 }
    const names = selected.map((column) => column.name)
    const { version } = snapshot
    const rows: unknown[][] = []
    for await (const row of readRows(blobs, tableKey(id), { columns: names, limit, version }))
      rows.push(selected.map((column) => wireValue(row[column.name], column)))
    return { columns: header, rows, total_rows: rowsOf(snapshot) ?? rows.length }
  })
}

function rejectExternal({ table_type }: NamedTableRow, fullName: string) {
  if (table_type === 'EXTERNAL')
    throw new ApiError(
      'FAILED_PRECONDITION',
      `'${fullName}' is an external table: only managed tables can be previewed. Read it with temporary credentials.`,
    )
}

function selectColumns(all: readonly ColumnInfo[], columns: string | undefined): readonly ColumnInfo[] {
  if (columns === undefined) return all
  const names = columns.split(',').map((name) => name.trim())
  if (new Set(names).size < names.length) throw invalid('Invalid columns: a column is listed more than once.')
  return names.map((name) => {
    const column = all.find((column) => column.name === name)
    if (!column) throw invalid(`Invalid columns: the table has no '${name.slice(0, 200)}'.`)
    return column
  })
}

/** JSON has no dates, bytes, integers beyond 2^53, NaN or infinities: these are sent as strings. */
function wireValue(value: unknown, column?: ColumnInfo): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof Date) {
    const text = value.toISOString()
    return column?.type_name === 'DATE' ? text.slice(0, 10) : text
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map((item) => wireValue(item))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, wireValue(field)]))
  return value ?? null
}
