import { migrate } from '@cairn/platform/db/migrate'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import { auditRoutes } from './audit/routes.js'
import { catalogRoutes } from './catalogs/routes.js'
import { credentialRoutes } from './credentials/routes.js'
import { unityErrors } from './errors.js'
import { identityRoutes } from './identities/routes.js'
import { tokenRoutes } from './identities/tokens.js'
import { permissionRoutes } from './permissions/routes.js'
import { furnish } from './rooms.js'
import { s3DoorRoutes } from './s3-door/routes.js'
import { schemaRoutes } from './schemas/routes.js'
import { tableRoutes } from './tables/routes.js'
import { rowRoutes } from './tables/rows.js'
import { summaryRoutes } from './tables/summaries.js'
import { volumeRoutes } from './volumes/routes.js'

/** The catalog as a service: what data there is, who may do what with it, and who decided. */
export const catalog: FastifyPluginAsync<{ context: ServiceContext }> = async (app, { context }) => {
  await migrate(context.db, 'catalog', new URL('./migrations/', import.meta.url))
  const rooms = furnish(context)
  unityErrors(app)
  await app.register(catalogRoutes, rooms)
  await app.register(schemaRoutes, rooms)
  await app.register(tableRoutes, rooms)
  await app.register(volumeRoutes, rooms)
  await app.register(summaryRoutes, rooms)
  await app.register(rowRoutes, rooms)
  await app.register(credentialRoutes, rooms)
  await app.register(s3DoorRoutes, rooms)
  await app.register(permissionRoutes, rooms)
  await app.register(auditRoutes, rooms)
  await app.register(identityRoutes, rooms)
  await app.register(tokenRoutes, rooms)
}
