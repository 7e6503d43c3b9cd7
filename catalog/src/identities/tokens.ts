import type { Identities } from '@cairn/platform/auth/identities'
import type { Principal } from '@cairn/platform/auth/principal'
import { checkScopes } from '@cairn/platform/auth/scopes'
import type { TokenInfo, Tokens } from '@cairn/platform/auth/tokens'
import { ApiError, missing } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  CreateOboToken,
  CreateToken,
  DeleteManagedToken,
  DeleteToken,
  ListManagedTokens,
  ListTokens,
} from '@cairn/platform/protocol/identities'
import type { FastifyPluginAsync } from 'fastify'

interface Options {
  readonly tokens: Tokens
  readonly identities: Identities
}

/** Databricks' token API: callers manage their own tokens, administrators those of service principals. */
export const tokenRoutes: FastifyPluginAsync<Options> = async (app, { tokens, identities }) => {
  handle(
    app,
    CreateToken,
    async ({ comment = '', lifetime_seconds, scope, scopes = scope?.split(' ') }, { principal }) => {
      rejectServicePrincipal(principal)
      const { secret, token } = await tokens.issue(principal.id, comment, {
        seconds: lifetime_seconds,
        scopes: scopes && checkScopes(scopes),
      })
      return { token_value: secret, token_info: tokenInfo(token) }
    },
  )
  handle(app, ListTokens, async (_input, { principal }) => ({
    token_infos: (await tokens.list(principal.id)).map(tokenInfo),
  }))
  handle(app, DeleteToken, async ({ token_id }, { principal }) => {
    await tokens.revoke(principal.id, token_id)
    return {}
  })
  handle(app, CreateOboToken, async ({ application_id, comment = '', lifetime_seconds, scopes }) => {
    const service = await identities.find(application_id)
    if (service?.type !== 'service_principal')
      throw missing(`Service principal '${application_id}' does not exist.`)
    const { secret, token } = await tokens.issue(service.id, comment, {
      seconds: lifetime_seconds,
      scopes: scopes && checkScopes(scopes),
    })
    return { token_value: secret, token_info: tokenInfo(token) }
  })
  handle(app, ListManagedTokens, async ({ created_by_username }) => {
    const all = await tokens.listAll(created_by_username)
    return {
      token_infos: all.map((token) => ({
        ...tokenInfo(token),
        owner: token.owner,
        created_by_username: token.owner,
      })),
    }
  })
  handle(app, DeleteManagedToken, async ({ token_id }) => {
    const owner = await tokens.findOwner(token_id)
    if (owner === undefined) throw missing(`Token '${token_id}' does not exist.`)
    await tokens.revoke(owner, token_id)
    return {}
  })
}

/** The token of a service principal may leak, even from a browser: it must not issue another that survives its revocation. */
function rejectServicePrincipal(principal: Principal) {
  if (principal.type === 'service_principal')
    throw new ApiError(
      'PERMISSION_DENIED',
      `'${principal.name}' is a service principal: a principal with MANAGE IDENTITIES must create its tokens on its behalf.`,
    )
}

const tokenInfo = ({ id, label, created_at, expires_at, scopes }: TokenInfo) => ({
  token_id: id,
  comment: label,
  creation_time: created_at,
  expiry_time: expires_at ?? -1,
  ...(scopes && { scopes: [...scopes] }),
})
