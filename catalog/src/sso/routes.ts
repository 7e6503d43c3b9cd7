import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import type { Passwords } from '@cairn/platform/auth/passwords'
import type { Config } from '@cairn/platform/config'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { type BrowserSessions, openSession } from '../sign-in/open-session.js'
import type { ExternalAccounts } from './external-accounts.js'
import type { FlowCookie } from './flow-cookie.js'
import type { Issuer } from './issuer.js'
import { returnPath } from './return-path.js'
import { SignInRefused, userFromClaims } from './user-from-claims.js'

interface Options extends BrowserSessions {
  readonly authorizer: Authorizer
  readonly passwords: Passwords
  readonly issuer: Issuer
  readonly flowCookie: FlowCookie
  readonly identities: Identities
  readonly accounts: ExternalAccounts
  readonly config: Config
}

export const SSO_START = 'api/cairn/v1/sso/start'
const CALLBACK = 'api/cairn/v1/sso/callback'

/** Single sign-on: redirects to the issuer, and opens a session at the return. A failure leads to the sign-in page. */
export const ssoRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { issuer, flowCookie, config } = options
  const route = { config: { right: 'anyone' as const }, schema: { hide: true } }
  const baseOf = (request: FastifyRequest) => new URL(`${serverUrl(config, request)}/`)

  app.get<{ Querystring: { return_to?: string } }>(`/${SSO_START}`, route, async (request, reply) => {
    const base = baseOf(request)
    const returnTo = returnPath([request.query.return_to].flat()[0], base.pathname)
    try {
      const { url, flow } = await issuer.start(new URL(CALLBACK, base).href, returnTo)
      return await redirect(reply.header('set-cookie', flowCookie.write(flow)), url.href)
    } catch (error) {
      return fail(error, request, reply, returnTo)
    }
  })

  app.get(`/${CALLBACK}`, route, async (request, reply) => {
    const base = baseOf(request)
    const flow = flowCookie.read(request.headers.cookie)
    void reply.header('set-cookie', flowCookie.remove())
    if (!flow) return fail(new Error('the flow is unknown or expired'), request, reply, base.pathname)
    try {
      const callback = new URL(CALLBACK + request.url.slice(request.url.indexOf('?')), base)
      const { claims, idToken } = await issuer.finish(callback, flow)
      const signedInAs = await signedIn(options, request)
      const user = await userFromClaims({ ...options, settings: config, signedInAs }, claims)
      request.noteActor(user)
      request.noteSubject(user)
      await openSession(options, { principalId: user.id, method: 'sso', idToken }, request, reply)
      return await redirect(reply, flow.returnTo)
    } catch (error) {
      return fail(error, request, reply, flow.returnTo)
    }
  })

  function fail(error: unknown, request: FastifyRequest, reply: FastifyReply, returnTo: string) {
    const reason = error instanceof SignInRefused ? error.reason : 'failed'
    request.failure = { code: 'UNAUTHENTICATED', message: `Single sign-on failed: ${reason}` }
    request.log.warn({ err: error, reason }, 'single sign-on failed')
    const query = new URLSearchParams({ error: reason, return_to: returnTo })
    return redirect(reply, `${baseOf(request).pathname}#/sign-in?${query}`)
  }
}

/** Returns the id of the user of the browser's session; undefined for a session of a token, which may have fewer rights. */
async function signedIn({ sessions, cookie }: BrowserSessions, { headers }: FastifyRequest) {
  const secret = cookie.read(headers.cookie)
  const caller = secret ? (await sessions.find(secret))?.caller : undefined
  return caller?.token ? undefined : caller?.id
}

const redirect = (reply: FastifyReply, url: string) => reply.header('cache-control', 'no-store').redirect(url)

/** Returns the public URL of the server, without a trailing slash. */
export const serverUrl = ({ public_url }: Pick<Config, 'public_url'>, request: FastifyRequest) =>
  (public_url || `${request.protocol}://${request.headers.host}`).replace(/\/$/, '')
