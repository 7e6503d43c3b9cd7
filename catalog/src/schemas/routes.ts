import { SIGHT } from '@cairn/platform/auth/refusal'
import { handle } from '@cairn/platform/http/handle'
import {
  CreateSchema,
  DeleteSchema,
  GetSchema,
  ListSchemas,
  UpdateSchema,
} from '@cairn/platform/protocol/schemas'
import type { FastifyPluginAsync } from 'fastify'
import { refuseStorageRoot } from '../catalogs/routes.js'
import type { Rooms } from '../rooms.js'
import { discard } from '../securables/bytes.js'
import { checkName } from '../securables/names.js'
import { visiblePage } from '../securables/visible-page.js'
import { schemaInfo } from './store.js'

export const schemaRoutes: FastifyPluginAsync<Rooms> = async (
  app,
  { context, gate, schemas, principalId },
) => {
  handle(app, CreateSchema, async ({ catalog_name, storage_root, ...input }, request) => {
    const { id } = await gate.pass(request, 'CREATE SCHEMA', 'catalog', catalog_name)
    refuseStorageRoot(storage_root)
    checkName(input.name)
    return schemaInfo(await schemas.create(id, input, request.principal))
  })
  handle(app, ListSchemas, async ({ catalog_name, ...page }, { principal }) => {
    const catalog = await gate.openContainer(principal, 'catalog', catalog_name)
    if (!catalog) return { schemas: [], next_page_token: null }
    const { rows, next_page_token } = await visiblePage(context.authorizer, principal, page, {
      fetch: (after, limit) => schemas.list(catalog[0].id, after, limit),
      key: (row) => row.name,
      chain: ({ schema_id, name, owner }) => [
        { type: 'schema', id: schema_id, name: `${catalog_name}.${name}`, owner },
        ...catalog,
      ],
      sight: SIGHT.schema,
    })
    return { schemas: rows.map(schemaInfo), next_page_token }
  })
  handle(app, GetSchema, async ({ full_name }, request) => {
    const { id } = await gate.pass(request, SIGHT.schema, 'schema', full_name)
    return schemaInfo(await schemas.get(id))
  })
  handle(app, UpdateSchema, async ({ full_name, owner, ...change }, request) => {
    const { id } = await gate.pass(request, 'MANAGE', 'schema', full_name)
    if (change.new_name !== undefined) checkName(change.new_name, 'new_name')
    return schemaInfo(
      await schemas.update(id, { ...change, ...(await principalId('owner', owner)) }, request.principal),
    )
  })
  handle(app, DeleteSchema, async ({ full_name, force = false }, request) => {
    const { id } = await gate.pass(request, 'MANAGE', 'schema', full_name)
    await discard(context.blobs, await schemas.delete(id, force), request.log)
    return {}
  })
}
