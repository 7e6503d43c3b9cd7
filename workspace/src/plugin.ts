import { migrate } from '@cairn/platform/db/migrate'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import { FileAccess } from './files/access.js'
import { Contents } from './files/contents.js'
import { NotebookThread } from './files/notebook-thread.js'
import { ObjectStore } from './files/objects.js'
import { fileRoutes } from './files/routes.js'
import { uploadRoute } from './files/upload-route.js'
import { ReportAccess } from './reports/access.js'
import { reportRoutes } from './reports/routes.js'
import { reportSource } from './reports/search-source.js'
import { ReportStore } from './reports/store.js'
import type { WorkspaceSchema } from './schema.js'
import { searchRoutes } from './search/routes.js'
import { ScopeAcls } from './secrets/acls.js'
import { requirePreviousKey, SecretKeys } from './secrets/keys.js'
import { secretRoutes } from './secrets/routes.js'
import { ScopeStore, scopeNamings } from './secrets/scopes.js'
import { SecretStore } from './secrets/store.js'

/** Serves secrets, reports, the search over all services, and the tree of notebooks and files. */
export const workspace: FastifyPluginAsync<{ context: ServiceContext }> = async (app, { context }) => {
  await migrate(context.db, 'workspace', new URL('./migrations/', import.meta.url))
  const db = context.db.for<WorkspaceSchema>()
  const { authorizer, blobs, config, now, retention, securables } = context
  authorizer.objects.name('secret_scope', scopeNamings(db))
  await app.register(secretRoutes, {
    authorizer,
    scopes: new ScopeStore(db, now),
    secrets: new SecretStore(db, await SecretKeys.open(config), now),
    acls: new ScopeAcls(context),
    requireRotatable: () => requirePreviousKey(config),
  })
  const reports = new ReportAccess(context)
  context.search.add(reportSource(db, reports))
  await app.register(reportRoutes, { authorizer, access: reports, reports: new ReportStore(db, now) })
  await app.register(searchRoutes, { search: context.search })
  const objects = new ObjectStore(db, now, config)
  const contents = new Contents(db, blobs, now)
  await objects.createFixed()
  retention.add(contents.retention())
  const notebooks = new NotebookThread((error) =>
    app.log.error({ err: error }, 'A notebook could not be converted'),
  )
  app.addHook('onClose', () => notebooks.close())
  const files = { notebooks, objects, contents, access: new FileAccess({ authorizer, securables, objects }) }
  await app.register(fileRoutes, files)
  await app.register(uploadRoute, files)
}
