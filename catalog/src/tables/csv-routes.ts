import type { Blobs } from '@cairn/platform/blobs/blobs'
import { ApiError, invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { CreateTableFromCsv } from '@cairn/platform/protocol/cairn/csv-tables'
import type { ColumnType } from '@cairn/platform/protocol/unity/tables'
import { contentProperties } from '@cairn/platform/tables/governed-table'
import type { FastifyPluginAsync } from 'fastify'
import type { Access } from '../securables/access.js'
import { deleteBytes } from '../securables/delete-bytes.js'
import { checkName } from '../securables/names.js'
import type { StoreAddresses } from '../securables/store-addresses.js'
import { completeColumns, findRepeatedName } from './complete-columns.js'
import { type CsvColumn, writeCsv } from './csv.js'
import { tableInfo } from './info.js'
import { newLocation } from './location.js'
import type { TableStore } from './store.js'

interface Options {
  readonly access: Access
  readonly addresses: StoreAddresses
  readonly blobs: Blobs
  readonly tables: TableStore
}

/** Creates managed tables from CSV files. */
export const csvRoutes: FastifyPluginAsync<Options> = async (app, { access, addresses, blobs, tables }) => {
  handle(
    app,
    CreateTableFromCsv,
    async ({ catalog_name, schema_name, name, comment, columns, csv, delimiter = ',' }, request) => {
      const { principal, log } = request
      const schema = await access.require(request, 'CREATE TABLE', 'schema', `${catalog_name}.${schema_name}`)
      checkName(name)
      rejectRepeatedNames(columns)
      const table = newLocation()
      try {
        const written = await writeCsv(blobs, table.location, { columns, csv, delimiter })
        const input = {
          ...({ name, table_type: 'MANAGED', data_source_format: 'DELTA' } as const),
          columns: completeColumns(
            written.columns.map((column) => ({ ...column, type_name: column.type_name as ColumnType })),
          ),
          properties: contentProperties(written, 'CSV'),
          ...(comment && { comment }),
        }
        return tableInfo(await tables.create(schema.id, input, table, principal), addresses, principal)
      } catch (error) {
        if (await isAbsent(tables, table.id)) await deleteBytes(blobs, [table.location], log)
        throw error
      }
    },
  )
}

/** Returns whether the table does not exist. The commit of a failed request may have succeeded. */
const isAbsent = (tables: TableStore, id: string): Promise<boolean> =>
  tables.get(id).then(
    () => false,
    (error) => error instanceof ApiError && error.code === 'TABLE_NOT_FOUND',
  )

function rejectRepeatedNames(columns: readonly CsvColumn[]): void {
  const at = findRepeatedName(columns)
  if (at >= 0) throw invalid(`columns[${at}].name: '${columns[at]!.name}' is used twice.`)
}
