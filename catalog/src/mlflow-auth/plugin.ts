import { ApiError } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { REFUSED_PERMISSIONS } from '@cairn/platform/protocol/mlflow/auth'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { HeldPermissions } from './held-permissions.js'
import { importRoutes } from './import-routes.js'
import { ImportedUsers } from './imported-users.js'
import { MlflowIds } from './mlflow-ids.js'
import type { MlflowAuthOptions } from './options.js'
import { PermissionChanges } from './permission-changes.js'
import { roleRoutes } from './role-routes.js'
import { Roles } from './roles.js'
import { userPermissionRoutes } from './user-permission-routes.js'
import { mlflowUserRoutes } from './user-routes.js'

/** The API of MLflow's auth client (`mlflow.server.get_app_client('basic-auth', uri)`) and of the user pages of its UI. */
export const mlflowAuthRoutes: FastifyPluginAsync<MlflowAuthOptions> = async (app, options) => {
  const { db, authorizer, grants, objects } = options
  const ids = new MlflowIds(db.for())
  const held = new HeldPermissions(db.for(), authorizer)
  const changes = new PermissionChanges({ authorizer, grants, objects, held })
  const roles = new Roles({ ...options, db: db.for(), ids, held })
  const all = { ...options, ids, held, changes, roles }
  mlflowErrors(app)
  await app.register(mlflowUserRoutes, all)
  await app.register(userPermissionRoutes, all)
  await app.register(roleRoutes, all)
  await app.register(importRoutes, { ...all, imported: new ImportedUsers(db.for()) })
  for (const { operation, reason } of REFUSED_PERMISSIONS)
    handle(app, operation, async () => {
      throw new ApiError('FEATURE_DISABLED', reason)
    })
}

/** MLflow's prefixes of two errors, for which scripts look. */
const WORDS: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'You are not authenticated. ',
  PERMISSION_DENIED: 'Permission denied: ',
}

function mlflowErrors(app: FastifyInstance) {
  app.setErrorHandler((error) => {
    if (!(error instanceof ApiError)) throw error
    const words = WORDS[error.code]
    if (words === undefined) throw error
    const { details } = error
    throw new ApiError(error.code, `${words}${error.message}`, {
      cause: error,
      ...(details && { details }),
    })
  })
}
