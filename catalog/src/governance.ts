import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import { accessRequestRoutes } from './access-requests/routes.js'
import { AccessRequestStore } from './access-requests/store.js'
import type { Stores } from './access-review/all-securables.js'
import { accessReviewRoutes } from './access-review/routes.js'
import { alertPlugin } from './alerts/plugin.js'
import { GrantExpiry } from './permissions/grant-expiry.js'
import { granteeRoutes } from './permissions/grantees.js'
import { NamedSecurables } from './permissions/named-securables.js'
import { objectPermissionRoutes } from './permissions/object-permissions.js'
import { permissionRoutes } from './permissions/routes.js'
import type { CatalogSchema } from './schema.js'
import { Objects } from './securables/objects.js'
import { teamRoutes } from './teams/routes.js'

/** Without a server that sends webhooks, events are kept for this time. */
const EVENT_DAYS = 7

interface Options extends Omit<Stores, 'securables'> {
  readonly context: ServiceContext
}

/** Governs the securables of all services: permissions, requests for access, reviews, alerts, and the set-up of teams. */
export const governanceRoutes: FastifyPluginAsync<Options> = async (app, { context, ...catalogStores }) => {
  const { authorizer, config, grants, identities, now, securables } = context
  const db = context.db.for<CatalogSchema>()
  const stores = { securables, ...catalogStores }
  const { locator, catalogs, schemas } = stores
  const objects = new Objects(securables, authorizer)
  const named = new NamedSecurables(authorizer, locator, objects)
  const requests = new AccessRequestStore(db.for(), now)
  context.retention.add(
    {
      name: 'requests for access',
      days: config.audit_retention_days,
      purge: (before, limit) => requests.purge(before, limit),
    },
    {
      name: 'events on requests for access',
      days: EVENT_DAYS,
      purge: (before, limit) => requests.purgeEvents(before, limit),
    },
  )
  const expiry = new GrantExpiry({
    ...{ db: db.for(), authorizer, audit: app.audit, now },
    onError: (error) => app.log.warn({ err: error }, 'expired grants could not be revoked'),
  })
  app.addHook('onListen', async () => expiry.start())
  app.addHook('preClose', () => expiry.stop())
  await app.register(permissionRoutes, { authorizer, grants, identities, locator, objects, named })
  await app.register(objectPermissionRoutes, { authorizer, grants, identities, securables, objects })
  await app.register(granteeRoutes, { db: db.for(), authorizer, identities, securables, named })
  await app.register(accessRequestRoutes, {
    ...{ authorizer, grants, identities, named, sources: stores, requests, now },
  })
  await app.register(accessReviewRoutes, { db, authorizer, grants, identities, named, stores })
  await app.register(alertPlugin, { context, objects })
  await app.register(teamRoutes, { authorizer, grants, identities, locator, catalogs, schemas })
}
