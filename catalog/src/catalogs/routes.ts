import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import type { Identities } from '@cairn/platform/auth/identities'
import { KINDS } from '@cairn/platform/auth/kinds'
import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  CreateCatalog,
  DeleteCatalog,
  GetCatalog,
  GetCurrentMetastoreAssignment,
  GetMetastoreSummary,
  ListCatalogs,
  UpdateCatalog,
} from '@cairn/platform/protocol/unity/catalogs'
import type { FastifyPluginAsync } from 'fastify'
import { WORKSPACE_ID } from '../identities/workspace-id.js'
import type { Access } from '../securables/access.js'
import { deleteBytes } from '../securables/delete-bytes.js'
import { checkName } from '../securables/names.js'
import { ownerChange } from '../securables/owner.js'
import { visiblePage } from '../securables/visible-page.js'
import { type CatalogStore, catalogInfo, type NamedCatalogRow } from './store.js'

const chainOfCatalog = ({ id, name, owner }: NamedCatalogRow): SecurableChain => [
  { type: 'catalog', id, name, owner },
  ...METASTORE,
]

/** Rejects a storage root: managed data is always in the server's artifact store. @throws INVALID_PARAMETER_VALUE */
export function rejectStorageRoot(storageRoot: string | undefined) {
  if (storageRoot)
    throw invalid(
      "Invalid storage_root: managed data is kept in the server's artifact store. Leave storage_root out.",
    )
}

interface Options {
  readonly authorizer: Authorizer
  readonly blobs: Blobs
  readonly identities: Identities
  readonly access: Access
  readonly catalogs: CatalogStore
}

export const catalogRoutes: FastifyPluginAsync<Options> = async (
  app,
  { authorizer, blobs, identities, access, catalogs },
) => {
  handle(app, CreateCatalog, async ({ storage_root, ...input }, { principal }) => {
    rejectStorageRoot(storage_root)
    checkName(input.name)
    return catalogInfo(await catalogs.create(input, principal))
  })
  handle(app, ListCatalogs, async (input, { principal }) => {
    const { rows, next_page_token } = await visiblePage(authorizer, principal, input, {
      fetch: (after, limit) => catalogs.list(after, limit),
      key: (row) => row.name,
      chain: chainOfCatalog,
      privileges: KINDS.catalog.visibility,
    })
    return { catalogs: rows.map(catalogInfo), next_page_token }
  })
  handle(app, GetCatalog, async ({ name }, request) => {
    const { id } = await access.require(request, KINDS.catalog.visibility, 'catalog', name)
    return catalogInfo(await catalogs.get(id))
  })
  handle(app, UpdateCatalog, async ({ name, owner, ...change }, request) => {
    const securable = await access.require(request, 'MANAGE', 'catalog', name)
    if (change.new_name !== undefined) checkName(change.new_name, 'new_name')
    return catalogInfo(
      await catalogs.update(
        securable.id,
        { ...change, ...(await ownerChange(identities, owner, request, securable)) },
        request.principal,
      ),
    )
  })
  handle(app, DeleteCatalog, async ({ name, force = false }, request) => {
    const { id } = await access.require(request, 'MANAGE', 'catalog', name)
    await deleteBytes(blobs, await catalogs.delete(id, force), request.log)
    return {}
  })
  handle(app, GetMetastoreSummary, async () => ({
    metastore_id: 'metastore',
    name: 'metastore',
    owner: LOCAL_OWNER.name,
  }))
  handle(app, GetCurrentMetastoreAssignment, async () => ({
    metastore_id: 'metastore',
    workspace_id: WORKSPACE_ID,
  }))
}
