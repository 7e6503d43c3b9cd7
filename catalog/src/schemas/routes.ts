import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import { KINDS } from '@cairn/platform/auth/kinds'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { handle } from '@cairn/platform/http/handle'
import {
  CreateSchema,
  DeleteSchema,
  GetSchema,
  ListSchemas,
  UpdateSchema,
} from '@cairn/platform/protocol/unity/schemas'
import type { FastifyPluginAsync } from 'fastify'
import { rejectStorageRoot } from '../catalogs/routes.js'
import type { Access } from '../securables/access.js'
import { deleteBytes } from '../securables/delete-bytes.js'
import { checkName } from '../securables/names.js'
import { ownerChange } from '../securables/owner.js'
import { visiblePage } from '../securables/visible-page.js'
import { type SchemaStore, schemaInfo } from './store.js'

interface Options {
  readonly authorizer: Authorizer
  readonly blobs: Blobs
  readonly identities: Identities
  readonly access: Access
  readonly schemas: SchemaStore
}

export const schemaRoutes: FastifyPluginAsync<Options> = async (
  app,
  { authorizer, blobs, identities, access, schemas },
) => {
  handle(app, CreateSchema, async ({ catalog_name, storage_root, ...input }, request) => {
    const { id } = await access.require(request, 'CREATE SCHEMA', 'catalog', catalog_name)
    rejectStorageRoot(storage_root)
    checkName(input.name)
    return schemaInfo(await schemas.create(id, input, request.principal))
  })
  handle(app, ListSchemas, async ({ catalog_name, ...page }, { principal }) => {
    const catalog = await access.visibleContainer(principal, 'catalog', catalog_name)
    if (!catalog) return { schemas: [], next_page_token: null }
    const { rows, next_page_token } = await visiblePage(authorizer, principal, page, {
      fetch: (after, limit) => schemas.list(catalog[0].id, after, limit),
      key: (row) => row.name,
      chain: ({ schema_id, name, owner }) => [
        { type: 'schema', id: schema_id, name: `${catalog_name}.${name}`, owner },
        ...catalog,
      ],
      privileges: KINDS.schema.visibility,
    })
    return { schemas: rows.map(schemaInfo), next_page_token }
  })
  handle(app, GetSchema, async ({ full_name }, request) => {
    const { id } = await access.require(request, KINDS.schema.visibility, 'schema', full_name)
    return schemaInfo(await schemas.get(id))
  })
  handle(app, UpdateSchema, async ({ full_name, owner, ...change }, request) => {
    const securable = await access.require(request, 'MANAGE', 'schema', full_name)
    if (change.new_name !== undefined) checkName(change.new_name, 'new_name')
    return schemaInfo(
      await schemas.update(
        securable.id,
        { ...change, ...(await ownerChange(identities, owner, request, securable)) },
        request.principal,
      ),
    )
  })
  handle(app, DeleteSchema, async ({ full_name, force = false }, request) => {
    const { id } = await access.require(request, 'MANAGE', 'schema', full_name)
    await deleteBytes(blobs, await schemas.delete(id, force), request.log)
    return {}
  })
}
