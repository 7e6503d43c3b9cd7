import { migrate } from '@cairn/platform/db/migrate'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import type { WorkspaceSchema } from './schema.js'
import { ScopeAcls } from './secrets/acls.js'
import { requirePreviousKey, SecretKeys } from './secrets/keys.js'
import { secretRoutes } from './secrets/routes.js'
import { ScopeStore, scopeNamings } from './secrets/scopes.js'
import { SecretStore } from './secrets/store.js'

/** Secrets for tasks and endpoints. */
export const workspace: FastifyPluginAsync<{ context: ServiceContext }> = async (app, { context }) => {
  await migrate(context.db, 'workspace', new URL('./migrations/', import.meta.url))
  const db = context.db.for<WorkspaceSchema>()
  const { authorizer, config, now } = context
  authorizer.objects.name('secret_scope', scopeNamings(db))
  await app.register(secretRoutes, {
    authorizer,
    scopes: new ScopeStore(db, now),
    secrets: new SecretStore(db, await SecretKeys.open(config), now),
    acls: new ScopeAcls(context),
    requireRotatable: () => requirePreviousKey(config),
  })
}
