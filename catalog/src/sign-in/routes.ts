import { requireAuthorityOver } from '@cairn/platform/auth/authority'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import type { Passwords } from '@cairn/platform/auth/passwords'
import type { Caller } from '@cairn/platform/auth/principal'
import { endSessionsIn } from '@cairn/platform/auth/sessions'
import type { Tokens } from '@cairn/platform/auth/tokens'
import { ApiError, invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { requireSameOrigin } from '@cairn/platform/http/plugins/same-origin'
import { forbidStoring } from '@cairn/platform/http/response/no-store'
import {
  ChangePassword,
  EndSession,
  EndSessionsOf,
  GetAccount,
  GetSignInOptions,
  ListSessions,
  SignIn,
  SignOut,
} from '@cairn/platform/protocol/cairn/sign-in'
import type { Input } from '@cairn/platform/protocol/operation'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { type BrowserSessions, openSession } from './open-session.js'

export interface SignInRouteOptions extends BrowserSessions {
  readonly authorizer: Authorizer
  readonly identities: Identities
  readonly passwords: Passwords
  readonly tokens: Tokens
  readonly publicUrl: string
  /** Single sign-on, where it is configured. */
  readonly sso?: SingleSignOn
}

export interface SingleSignOn {
  /** Name of the issuer on the button. */
  readonly name: string
  /** Relative to the server's URL. */
  readonly path: string
  /** Returns the URL that ends the session at the issuer. */
  logoutUrl(idToken: string | undefined, request: FastifyRequest): Promise<string | undefined>
}

/** Sessions of browsers: sign in, sign out, list and end them. */
export const signInRoutes: FastifyPluginAsync<SignInRouteOptions> = async (app, options) => {
  const { sessions, cookie, publicUrl, sso } = options
  forbidStoring(app)
  handle(app, GetSignInOptions, async () => (sso ? { sso: { name: sso.name, path: sso.path } } : {}))
  handle(app, SignIn, async (input, request, reply) => {
    if (request.headers['sec-fetch-site'] || request.headers.origin) requireSameOrigin(request, publicUrl)
    if (input.name) await noteAccount(options, input.name, request)
    const caller = await findCaller(options, input, request)
    request.noteActor(caller)
    request.noteSubject(caller)
    const method = input.token ? 'token' : 'password'
    await openSession(options, { principalId: caller.id, method, tokenId: caller.token }, request, reply)
    return { name: caller.name }
  })
  handle(app, SignOut, async ({ everywhere }, request, reply) => {
    const secret = cookie.read(request.headers.cookie)
    if (!secret) return {}
    requireSameOrigin(request, publicUrl)
    void reply.header('set-cookie', cookie.remove())
    const caller = (await sessions.find(secret))?.caller
    if (!caller) return {}
    request.noteActor(caller)
    request.noteSubject(caller)
    const { method, idToken } = await sessions.end(caller.id, caller.session!)
    if (everywhere) await sessions.endAll(caller.id)
    if (method !== 'sso' || !sso) return {}
    const redirect_to = await sso.logoutUrl(idToken, request).catch((error: unknown) => {
      request.log.warn({ err: error }, 'logout at the issuer failed')
      return undefined
    })
    return redirect_to === undefined ? {} : { redirect_to }
  })
  accountRoutes(app, options)
}

/** Records the account of an attempt to sign in. Unknown names are not recorded, because people type passwords there. */
async function noteAccount({ identities }: SignInRouteOptions, name: string, request: FastifyRequest) {
  const account = await identities.find(name.trim())
  if (account?.type === 'user') request.noteActor({ id: account.id, type: account.type, name: account.name })
}

/** @throws UNAUTHENTICATED, and RESOURCE_EXHAUSTED after failed attempts */
async function findCaller(
  { passwords, tokens }: SignInRouteOptions,
  { name, password, token }: Input<typeof SignIn>,
  request: FastifyRequest,
): Promise<Caller> {
  if (token) {
    const caller = await tokens.findPrincipal(token.trim())
    if (caller) return caller
    throw new ApiError('UNAUTHENTICATED', 'The token is unknown, expired or revoked.')
  }
  if (!name || !password)
    throw invalid("Missing value for required parameter 'name' and 'password', or 'token'.")
  const caller = await passwords.verify({ name: name.trim(), password, address: request.ip })
  if (caller) return caller
  throw new ApiError('UNAUTHENTICATED', 'The name or the password is wrong.')
}

function accountRoutes(
  app: FastifyInstance,
  { authorizer, identities, passwords, sessions }: SignInRouteOptions,
) {
  handle(app, GetAccount, async (_input, { principal }) => {
    const { id, name, display_name, type } = await identities.get(principal.id)
    const { metastore } = authorizer
    const manages = await authorizer.decide(principal, 'MANAGE IDENTITIES', metastore)
    const audits = await authorizer.decide(principal, 'READ AUDIT', metastore)
    return {
      ...{ id, name, display_name, type },
      groups: (await identities.groupsOf(id)).map((group) => ({ value: group.id, display: group.name })),
      has_password: await passwords.has(id),
      ...(principal.session && { session_id: principal.session }),
      manages_identities: manages.allowed,
      reads_audit: audits.allowed,
    }
  })
  handle(app, ListSessions, async (_input, { principal }) => {
    const all = await sessions.list(principal.id)
    return { sessions: all.map((one) => ({ ...one, current: one.id === principal.session })) }
  })
  handle(app, EndSession, async ({ id }, { principal }) => {
    await sessions.end(principal.id, id)
    return {}
  })
  handle(app, EndSessionsOf, async ({ id }, { principal }) => {
    const user = await identities.get(id)
    await requireAuthorityOver(authorizer, principal, user)
    await sessions.endAll(user.id)
    return {}
  })
  handle(app, ChangePassword, async ({ current_password, new_password }, request) => {
    const { id, name, session } = request.principal
    const attempt = { name, password: current_password, address: request.ip }
    const verified = (await passwords.has(id)) && (await passwords.verify(attempt))
    if (!verified || verified.id !== id) throw invalid("The value of 'current_password' is wrong.")
    await passwords.set(id, new_password, (tx) => endSessionsIn(tx, id, session))
    request.noteSubject(request.principal)
    return {}
  })
}
