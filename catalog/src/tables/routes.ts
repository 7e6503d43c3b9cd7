import type { Identities } from '@cairn/platform/auth/identities'
import { KINDS } from '@cairn/platform/auth/kinds'
import type { Blobs } from '@cairn/platform/blobs/blobs'
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
} from '@cairn/platform/protocol/unity/tables'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Access } from '../securables/access.js'
import { deleteBytes } from '../securables/delete-bytes.js'
import { checkName } from '../securables/names.js'
import { ownerChange } from '../securables/owner.js'
import { visiblePage } from '../securables/visible-page.js'
import { completeColumns } from './complete-columns.js'
import { tableInfo } from './info.js'
import { externalTableLocation, type LocationOptions, managedLocation, newLocation } from './location.js'
import type { NamedTableRow } from './store.js'

interface Options extends LocationOptions {
  readonly blobs: Blobs
  readonly identities: Identities
  readonly access: Access
}

/** Tables in Unity Catalog's API. */
export const tableRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { authorizer, blobs, identities, access, tables } = options
  const info = infoFor(options)

  createRoutes(app, options)
  handle(
    app,
    ListTables,
    async ({ catalog_name, schema_name, omit_columns, omit_properties, ...page }, request) => {
      const schema = await access.visibleContainer(
        request.principal,
        'schema',
        `${catalog_name}.${schema_name}`,
      )
      if (!schema) return { tables: [], next_page_token: null }
      const { rows, next_page_token } = await visiblePage(authorizer, request.principal, page, {
        fetch: (after, limit) => tables.list(schema[0].id, after, limit),
        key: (row) => row.name,
        chain: ({ table_id, name, owner }) => [
          { type: 'table', id: table_id, name: `${schema[0].name}.${name}`, owner },
          ...schema,
        ],
        privileges: KINDS.table.visibility,
      })
      const shorten = { ...(omit_columns && { columns: [] }), ...(omit_properties && { properties: {} }) }
      return { tables: rows.map((row) => ({ ...info(row, request), ...shorten })), next_page_token }
    },
  )
  handle(app, GetTable, async ({ full_name }, request) => {
    const { id } = await access.require(request, KINDS.table.visibility, 'table', full_name)
    return info(await tables.get(id), request)
  })
  handle(app, TableExists, async ({ full_name }, request) => {
    try {
      await access.require(request, KINDS.table.visibility, 'table', full_name)
      return { table_exists: true }
    } catch (error) {
      if (error instanceof ApiError && error.code === 'TABLE_NOT_FOUND') return { table_exists: false }
      throw error
    }
  })
  handle(app, UpdateTable, async ({ full_name, owner, columns, ...change }, request) => {
    const securable = await access.require(request, rightToUpdate({ owner, ...change }), 'table', full_name)
    if (change.new_name !== undefined) checkName(change.new_name, 'new_name')
    const full = {
      ...change,
      ...(await ownerChange(identities, owner, request, securable)),
      ...(columns && { columns: completeColumns(columns) }),
    }
    return info(await tables.update(securable.id, full, request.principal), request)
  })
  handle(app, DeleteTable, async ({ full_name }, request) => {
    const { id } = await access.require(request, 'MANAGE', 'table', full_name)
    await deleteBytes(blobs, await tables.delete(id), request.log)
    return {}
  })
}

const infoFor =
  ({ addresses }: Options) =>
  (row: NamedTableRow, { principal }: FastifyRequest) =>
    tableInfo(row, addresses, principal)

function createRoutes(app: FastifyInstance, options: Options) {
  const { access, tables } = options
  const info = infoFor(options)
  handle(app, CreateStagingTable, async ({ name, catalog_name, schema_name }, request) => {
    const { id } = await access.require(request, 'CREATE TABLE', 'schema', `${catalog_name}.${schema_name}`)
    checkName(name)
    const staged = await tables.stage(id, name, newLocation(), request.principal)
    const staging_location = options.addresses.uri(staged.staging_location, request.principal)
    return { id: staged.id, name, catalog_name, schema_name, staging_location }
  })
  handle(app, CreateTable, async ({ catalog_name, schema_name, storage_location, ...input }, request) => {
    const schema = await access.require(request, 'CREATE TABLE', 'schema', `${catalog_name}.${schema_name}`)
    checkName(input.name)
    const format = input.data_source_format ?? 'DELTA'
    if (input.table_type === 'MANAGED' && format !== 'DELTA')
      throw invalid(`Invalid data_source_format '${format}': a managed table is a DELTA table.`)
    const columns = completeColumns(input.columns)
    const location =
      input.table_type === 'MANAGED'
        ? await managedLocation(options, schema.id, storage_location, request.principal)
        : await externalTableLocation(options, storage_location, request)
    const table = { ...input, data_source_format: format, columns }
    return info(await tables.create(schema.id, table, location, request.principal), request)
  })
}

/** MODIFY suffices to describe a table; its name and owner require MANAGE. */
const rightToUpdate = (change: { owner?: unknown; new_name?: unknown }): readonly Privilege[] =>
  change.owner === undefined && change.new_name === undefined ? ['MODIFY', 'MANAGE'] : ['MANAGE']
