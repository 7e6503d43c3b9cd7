import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import type { Stores } from './access-review/all-securables.js'
import { accessReviewRoutes } from './access-review/routes.js'
import { NamedSecurables } from './permissions/named-securables.js'
import { objectPermissionRoutes } from './permissions/object-permissions.js'
import { permissionRoutes } from './permissions/routes.js'
import type { CatalogSchema } from './schema.js'
import { Objects } from './securables/objects.js'

interface Options extends Omit<Stores, 'securables'> {
  readonly context: ServiceContext
}

/** Grants on securables of all services: permissions and reviews. */
export const governanceRoutes: FastifyPluginAsync<Options> = async (app, { context, ...catalogStores }) => {
  const { authorizer, grants, identities, securables } = context
  const db = context.db.for<CatalogSchema>()
  const stores = { securables, ...catalogStores }
  const { locator } = stores
  const objects = new Objects(securables, authorizer)
  const named = new NamedSecurables(authorizer, locator, objects)
  await app.register(permissionRoutes, { authorizer, grants, identities, locator, objects, named })
  await app.register(objectPermissionRoutes, { authorizer, grants, identities, securables, objects })
  await app.register(accessReviewRoutes, { db, authorizer, grants, identities, named, stores })
}
