import { SIGHT } from '@cairn/platform/auth/refusal'
import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import { ApiError, invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import {
  CreateStagingTable,
  CreateTable,
  DeleteTable,
  GetTable,
  ListTables,
  TableExists,
  UpdateTable,
} from '@cairn/platform/protocol/tables'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Rooms } from '../rooms.js'
import { discard } from '../securables/bytes.js'
import { externalLocation } from '../securables/location.js'
import { checkName } from '../securables/names.js'
import { tableKey } from '../securables/removal.js'
import { visiblePage } from '../securables/visible-page.js'
import { completeColumns } from './columns.js'
import { tableInfo } from './info.js'
import { newTableId, type Place } from './store.js'

export const tableRoutes: FastifyPluginAsync<Rooms> = async (app, rooms) => {
  const { context, gate, tables, principalId } = rooms

  handle(app, CreateStagingTable, async ({ name, catalog_name, schema_name }, request) => {
    const { id } = await gate.pass(request, 'CREATE TABLE', 'schema', `${catalog_name}.${schema_name}`)
    checkName(name)
    const staged = await tables.stage(id, name, newPlace(rooms), request.principal)
    return { id: staged.id, name, catalog_name, schema_name, staging_location: staged.staging_location }
  })
  handle(app, CreateTable, async ({ catalog_name, schema_name, storage_location, ...input }, request) => {
    const schema = await gate.pass(request, 'CREATE TABLE', 'schema', `${catalog_name}.${schema_name}`)
    checkName(input.name)
    const format = input.data_source_format ?? 'DELTA'
    if (input.table_type === 'MANAGED' && format !== 'DELTA')
      throw invalid(`Invalid data_source_format '${format}': a managed table is a DELTA table.`)
    const columns = completeColumns(input.columns)
    const place = await placeOf(rooms, schema.id, input.table_type, storage_location, request)
    const table = { ...input, data_source_format: format, columns }
    return tableInfo(await tables.create(schema.id, table, place, request.principal))
  })
  handle(
    app,
    ListTables,
    async ({ catalog_name, schema_name, omit_columns, omit_properties, ...page }, request) => {
      const schema = await gate.openContainer(request.principal, 'schema', `${catalog_name}.${schema_name}`)
      if (!schema) return { tables: [], next_page_token: null }
      const { rows, next_page_token } = await visiblePage(context.authorizer, request.principal, page, {
        fetch: (after, limit) => tables.list(schema[0].id, after, limit),
        key: (row) => row.name,
        chain: ({ table_id, name, owner }) => [
          { type: 'table', id: table_id, name: `${schema[0].name}.${name}`, owner },
          ...schema,
        ],
        sight: SIGHT.table,
      })
      const shorten = { ...(omit_columns && { columns: [] }), ...(omit_properties && { properties: {} }) }
      return { tables: rows.map((row) => ({ ...tableInfo(row), ...shorten })), next_page_token }
    },
  )
  handle(app, GetTable, async ({ full_name }, request) => {
    const { id } = await gate.pass(request, SIGHT.table, 'table', full_name)
    return tableInfo(await tables.get(id))
  })
  handle(app, TableExists, async ({ full_name }, request) => {
    try {
      await gate.pass(request, SIGHT.table, 'table', full_name)
      return { table_exists: true }
    } catch (error) {
      if (error instanceof ApiError && error.code === 'TABLE_NOT_FOUND') return { table_exists: false }
      throw error
    }
  })
  handle(app, UpdateTable, async ({ full_name, owner, columns, ...change }, request) => {
    const { id } = await gate.pass(request, rightToUpdate({ owner, ...change }), 'table', full_name)
    if (change.new_name !== undefined) checkName(change.new_name, 'new_name')
    const full = {
      ...change,
      ...(await principalId('owner', owner)),
      ...(columns && { columns: completeColumns(columns) }),
    }
    return tableInfo(await tables.update(id, full, request.principal))
  })
  handle(app, DeleteTable, async ({ full_name }, request) => {
    const { id } = await gate.pass(request, 'MANAGE', 'table', full_name)
    await discard(context.blobs, await tables.delete(id), request.log)
    return {}
  })
}

/** Who may change the data may describe it; name and owner are for those who manage the table. */
const rightToUpdate = (change: { owner?: unknown; new_name?: unknown }): readonly Privilege[] =>
  change.owner === undefined && change.new_name === undefined ? ['MODIFY', 'MANAGE'] : ['MANAGE']

function newPlace({ context }: Rooms): Place {
  const id = newTableId()
  return { id, location: context.blobs.uri(tableKey(id)) }
}

/**
 * A managed table gets a place of its own, or the one that its creator staged. An external one would have the server
 * vouch for a place that it does not know, so it takes the right to manage the whole workspace.
 */
async function placeOf(
  rooms: Rooms,
  schemaId: string,
  type: 'MANAGED' | 'EXTERNAL',
  location: string | undefined,
  request: FastifyRequest,
): Promise<Place> {
  const { context, tables } = rooms
  if (type === 'EXTERNAL') {
    if (!location) throw invalid('Missing storage_location: an external table needs one.')
    await request.authorize('MANAGE', context.authorizer.metastore)
    return { id: newTableId(), location: externalLocation(location, context.blobs.uri('')) }
  }
  if (!location) return newPlace(rooms)
  const staged = await tables.findStaged(schemaId, withoutTrailingSlashes(location), request.principal)
  if (!staged)
    throw invalid(
      'Invalid storage_location: of a managed table it is the staging_location that its creator was given, or left out.',
    )
  return { id: staged.id, location: staged.staging_location, staged: true }
}
