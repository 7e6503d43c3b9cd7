import { rejectAttempt } from '@cairn/platform/auth/attempt-token'
import { requireAuthorityOver } from '@cairn/platform/auth/authority'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import type { Caller, Principal } from '@cairn/platform/auth/principal'
import { checkScopes } from '@cairn/platform/auth/scopes'
import type { OwnedToken, TokenInfo, Tokens } from '@cairn/platform/auth/tokens'
import type { Config } from '@cairn/platform/config'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { forbidStoring } from '@cairn/platform/http/response/no-store'
import { RotateToken } from '@cairn/platform/protocol/cairn/token-rotation'
import {
  CreateOboToken,
  CreateToken,
  DeleteManagedToken,
  DeleteToken,
  GetManagedToken,
  ListManagedTokens,
  ListTokens,
} from '@cairn/platform/protocol/databricks/identities'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { matchingPage, textMatcher } from './matching-page.js'
import { lifetimeOf } from './token-policy.js'

interface Options {
  readonly tokens: Tokens
  readonly identities: Identities
  readonly authorizer: Authorizer
  readonly config: Config
}

const GRACE_SECONDS = 3600

/** Databricks' token API: callers manage their own tokens, administrators those of all principals. */
export const tokenRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { tokens, authorizer, config } = options
  const mayExtend = async (caller: Caller) =>
    !caller.scopes && (await authorizer.decide(caller, 'MANAGE IDENTITIES', authorizer.metastore)).allowed
  forbidStoring(app)
  handle(
    app,
    CreateToken,
    async ({ comment = '', lifetime_seconds, scope, scopes = scope?.split(' ') }, request) => {
      const { principal } = request
      await requireLasting(principal, tokens)
      const { secret, token } = await tokens.issue(principal.id, comment, {
        seconds: lifetimeOf(config, lifetime_seconds),
        scopes: scopes && checkScopes(scopes),
      })
      request.noteChange(tokensOf(principal, { added: [token.id] }))
      return { token_value: secret, token_info: tokenInfo(token) }
    },
  )
  handle(app, ListTokens, async ({ search, ...page }, { principal }) => {
    const matches = textMatcher(search)
    const { rows, next_page_token } = await matchingPage(page, {
      fetch: (before, limit) => tokens.list({ principalId: principal.id, before, limit }),
      matches: ({ label }) => matches(label),
    })
    return { token_infos: rows.map(tokenInfo), next_page_token }
  })
  handle(app, DeleteToken, async ({ token_id }, request) => {
    await tokens.revoke(request.principal.id, token_id)
    request.noteChange(tokensOf(request.principal, { removed: [token_id] }))
    return {}
  })
  handle(app, RotateToken, async ({ lifetime_seconds, grace_seconds = GRACE_SECONDS }, request) => {
    const { principal } = request
    if (!principal.token || principal.session)
      throw invalid('The request has no token to replace: send it as `Authorization: Bearer …`.')
    await rejectAttempt(tokens, principal)
    const { secret, token } = await tokens.rotate(principal.token, {
      seconds: lifetimeOf(config, lifetime_seconds),
      graceSeconds: grace_seconds,
      longer: (await mayExtend(principal)) ? 'allow' : lifetime_seconds === undefined ? 'shorten' : 'refuse',
    })
    request.noteChange(tokensOf(principal, { added: [token.id], removed: [principal.token] }))
    return { token_value: secret, token_info: tokenInfo(token) }
  })
  administration(app, options)
}

/** The tokens of all principals. */
function administration(app: FastifyInstance, { tokens, identities, authorizer, config }: Options) {
  handle(app, CreateOboToken, async (input, request) => {
    const { application_id, comment = '', lifetime_seconds, scopes } = input
    const holder = await identities.find(application_id)
    if (!holder || holder.type === 'group')
      throw missing(`Service principal or user '${application_id}' does not exist.`)
    await requireAuthorityOver(authorizer, request.principal, holder)
    await rejectAttempt(tokens, request.principal)
    const { secret, token } = await tokens.issue(holder.id, comment, {
      seconds: lifetimeOf(config, lifetime_seconds),
      scopes: scopes && checkScopes(scopes),
    })
    request.noteChange(tokensOf(holder, { added: [token.id] }))
    return { token_value: secret, token_info: tokenInfo(token) }
  })
  handle(app, ListManagedTokens, async ({ created_by_id, created_by_username, search, ...page }) => {
    const matches = textMatcher(search)
    const principalId = created_by_id ?? (await idOf(identities, created_by_username))
    const { rows, next_page_token } = await matchingPage(page, {
      fetch: (before, limit) =>
        tokens.list({ ...(principalId !== undefined && { principalId }), before, limit }),
      matches: ({ label, owner }) =>
        matches(label, owner) && (created_by_username === undefined || owner === created_by_username),
    })
    return { token_infos: rows.map(managedToken), next_page_token }
  })
  handle(app, GetManagedToken, async ({ token_id }) => {
    const [token] = await tokens.list({ id: token_id })
    if (!token) throw missing(`Token '${token_id}' does not exist.`)
    return { token_info: managedToken(token) }
  })
  handle(app, DeleteManagedToken, async ({ token_id }, request) => {
    const owner = await tokens.findOwner(token_id)
    if (owner === undefined) throw missing(`Token '${token_id}' does not exist.`)
    const holder = await identities.get(owner)
    await requireAuthorityOver(authorizer, request.principal, holder)
    await tokens.revoke(owner, token_id)
    request.noteChange(tokensOf(holder, { removed: [token_id] }))
    return {}
  })
}

/** Returns the id of a principal; undefined without a name, and an empty id, which no principal has, for an unknown name. */
const idOf = async (identities: Identities, name: string | undefined) =>
  name === undefined ? undefined : ((await identities.find(name))?.id ?? '')

/** A token of a service principal may leak, so it must not issue another token that survives its revocation. */
async function requireLasting(principal: Caller, tokens: Tokens) {
  if (principal.type === 'service_principal')
    throw new ApiError(
      'PERMISSION_DENIED',
      `'${principal.name}' is a service principal: a principal with MANAGE IDENTITIES must create its tokens on its behalf. It may replace its own at /api/cairn/v1/tokens/rotate.`,
    )
  await rejectAttempt(tokens, principal)
}

/** The change of tokens of a principal, for the audit log. */
const tokensOf = ({ name }: Principal, ids: { readonly added?: string[]; readonly removed?: string[] }) => ({
  ...{ field: 'tokens', principal: name },
  ...ids,
})

const tokenInfo = ({ id, label, created_at, expires_at, used_at, scopes }: TokenInfo) => ({
  token_id: id,
  comment: label,
  creation_time: created_at,
  expiry_time: expires_at ?? -1,
  ...(used_at !== null && { last_used_at: used_at }),
  ...(scopes && { scopes: [...scopes] }),
})

const managedToken = (token: OwnedToken) => ({
  ...tokenInfo(token),
  owner: token.owner,
  created_by_username: token.owner,
})
