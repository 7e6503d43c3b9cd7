import { noteGrants } from '@cairn/platform/audit/note-grants'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import { forbidStoring } from '@cairn/platform/http/response/no-store'
import { RotateSecretsKey } from '@cairn/platform/protocol/cairn/secrets-key'
import {
  CreateSecretScope,
  DeleteSecret,
  DeleteSecretAcl,
  DeleteSecretScope,
  GetSecret,
  GetSecretAcl,
  ListSecretAcls,
  ListSecretScopes,
  ListSecrets,
  PutSecret,
  PutSecretAcl,
} from '@cairn/platform/protocol/databricks/secrets'
import type { FastifyPluginAsync } from 'fastify'
import { ALL_USERS, type ScopeAcls } from './acls.js'
import type { ScopeStore } from './scopes.js'
import { readSecretValue } from './secret-value.js'
import type { SecretStore } from './store.js'

interface Options {
  readonly authorizer: Authorizer
  readonly scopes: ScopeStore
  readonly secrets: SecretStore
  readonly acls: ScopeAcls
  /** @throws INVALID_STATE if a rotation would change nothing */
  readonly requireRotatable: () => void
}

/** Databricks' secrets: scopes, values and permissions. */
export const secretRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { scopes, secrets, requireRotatable } = options
  forbidStoring(app)
  handle(app, CreateSecretScope, async ({ scope, initial_manage_principal }, request) => {
    if (initial_manage_principal && initial_manage_principal !== ALL_USERS)
      throw invalid(`'initial_manage_principal' must be '${ALL_USERS}' or absent.`)
    return emptyResponse(scopes.create(scope, request.principal, Boolean(initial_manage_principal)))
  })
  handle(app, ListSecretScopes, async (_input, request) => {
    const rows = await scopes.list(await request.allowedObjects('secret_scope'))
    return { scopes: rows.map(({ name }) => ({ name, backend_type: 'DATABRICKS' as const })) }
  })
  handle(app, DeleteSecretScope, async ({ scope }) => emptyResponse(scopes.delete(await scopes.get(scope))))
  handle(app, PutSecret, async ({ scope, key, string_value, bytes_value }) => {
    const value = readSecretValue(string_value, bytes_value)
    return emptyResponse(secrets.put(await scopes.get(scope), key, value))
  })
  handle(app, GetSecret, async ({ scope, key }) => {
    const value = await secrets.get(await scopes.get(scope), key)
    return { key, value: value.toString('base64') }
  })
  handle(app, ListSecrets, async ({ scope }) => {
    const rows = await secrets.list(await scopes.get(scope))
    return { secrets: rows.map(({ key, updated_at }) => ({ key, last_updated_timestamp: updated_at })) }
  })
  handle(app, DeleteSecret, async ({ scope, key }) =>
    emptyResponse(secrets.delete(await scopes.get(scope), key)),
  )
  handle(app, RotateSecretsKey, async () => {
    requireRotatable()
    return { sealed_again: await secrets.rotate() }
  })
  await app.register(aclRoutes, options)
}

const aclRoutes: FastifyPluginAsync<Options> = async (app, { authorizer, scopes, acls }) => {
  handle(app, PutSecretAcl, async ({ scope, principal, permission }, request) => {
    const applied = await acls.put(await scopes.get(scope), principal, permission, request.principal)
    return emptyResponse(noteGrants(request, authorizer, applied))
  })
  handle(app, GetSecretAcl, async ({ scope, principal }) => acls.get(await scopes.get(scope), principal))
  handle(app, ListSecretAcls, async ({ scope }) => ({ items: await acls.list(await scopes.get(scope)) }))
  handle(app, DeleteSecretAcl, async ({ scope, principal }, request) => {
    const applied = await acls.delete(await scopes.get(scope), principal, request.principal)
    return emptyResponse(noteGrants(request, authorizer, applied))
  })
}
