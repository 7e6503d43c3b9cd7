import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.js'

const LOCAL_HOST =
  /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0|10(\.\d+){3}|192\.168(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2})$/i
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/i
const EXEMPT = new Set(['/health', '/version', '/ready'])
const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** Returns a 400 instead of MLflow's 5xx, which clients retry for minutes. */
export const workspacesDisabled = () =>
  new ApiError(
    'FEATURE_DISABLED',
    'Workspace APIs are not available: workspaces are not enabled on this server',
  )

export interface GuardOptions {
  /** Accepted Host headers besides loopback and private addresses; `*` matches any text. */
  readonly allowedHosts: readonly string[]
  /** Accepted origins besides those of this machine, such as `https://*.example.com`. */
  readonly allowedOrigins?: readonly string[]
  /** Value of `X-Frame-Options`; no header when empty. */
  readonly frameOptions?: string
  /** Disables the guard, for a server behind a proxy that does the same. */
  readonly unguarded?: boolean
}

/** Prevents DNS rebinding and cross-site writes with MLflow's messages, and sets the headers of every response. */
export function guardHostAndOrigin(app: FastifyInstance, options: GuardOptions) {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    if (hasTwoHosts(request)) throw new ApiError('BAD_REQUEST', 'The request has more than one Host header.')
    if (request.headers['x-mlflow-workspace']) throw workspacesDisabled()
    done()
  })
  if (!options.unguarded) guard(app, options)
}

/** Returns whether a request has several Host headers. Node keeps the first one, but a proxy may have used another. */
function hasTwoHosts({ raw: { rawHeaders } }: FastifyRequest): boolean {
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]!.length === 4 && rawHeaders[i]!.toLowerCase() === 'host') hosts++
  return hosts > 1
}

function guard(
  app: FastifyInstance,
  { allowedHosts, allowedOrigins = [], frameOptions = 'SAMEORIGIN' }: GuardOptions,
) {
  const hosts = matcher(allowedHosts)
  const named = matcher(allowedHosts.filter((pattern) => pattern !== '*'))
  const origins = matcher(allowedOrigins)
  const isAllowed = (host: string) => hosts(host) || hosts(nameOf(host)) || LOCAL_HOST.test(nameOf(host))
  /** The last host that was allowed, because most requests name the same one. */
  let lastAllowed: string | undefined
  const isNamed = (host: string) => (named(host) || named(nameOf(host))) && !LOCAL_HOST.test(nameOf(host))

  /** Returns true for this machine and for configured origins and hosts, but not for other machines in the private network. */
  const mayRead = (origin: string) =>
    origins(origin) || LOOPBACK.test(nameOf(hostOf(origin))) || isNamed(hostOf(origin))
  /** Returns true for these origins and for pages of this server itself. */
  const mayWrite = (origin: string, request: FastifyRequest) =>
    hostOf(origin) === request.headers.host || mayRead(origin)

  const headers = {
    'x-content-type-options': 'nosniff',
    ...(frameOptions && { 'x-frame-options': frameOptions }),
  }

  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers)
    const { host = '' } = request.headers
    if (host !== lastAllowed && !EXEMPT.has(request.url.split('?')[0]!)) {
      if (!isAllowed(host))
        throw new ApiError(
          'PERMISSION_DENIED',
          'Invalid Host header - possible DNS rebinding attack detected. Name this host in CAIRN_ALLOWED_HOSTS to allow it.',
        )
      lastAllowed = host
    }
    const { origin } = request.headers
    if (origin && CHANGES.has(request.method) && !mayWrite(origin, request))
      throw new ApiError(
        'PERMISSION_DENIED',
        'Cross-origin request blocked. Name the origin in CAIRN_CORS_ALLOWED_ORIGINS to allow it.',
      )
    if (origin && allowCrossOrigin(origin, request, reply)) return
    done()
  })

  /** Sets the CORS headers; answers a preflight, or rejects that of other origins. @returns whether it has answered */
  function allowCrossOrigin(origin: string, request: FastifyRequest, reply: FastifyReply) {
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method']
    if (mayRead(origin)) void reply.headers({ 'access-control-allow-origin': origin, vary: 'Origin' })
    if (!isPreflight) return false
    if (!mayRead(origin)) throw new ApiError('BAD_REQUEST', 'Disallowed CORS origin')
    void reply
      .headers({
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers':
          request.headers['access-control-request-headers'] ?? 'content-type, authorization',
        'access-control-max-age': '600',
      })
      .type('text/plain')
      .send('OK')
    return true
  }
}

function hostOf(origin: string) {
  try {
    return new URL(origin).host
  } catch {
    return ''
  }
}

const nameOf = (host: string) => host.replace(/:\d+$/, '')

/** Returns a test for texts that match any of the patterns, such as `*.example.com` or `localhost:*`. */
function matcher(patterns: readonly string[]): (text: string) => boolean {
  const expressions = patterns.map(
    (pattern) => new RegExp(`^${pattern.trim().split('*').map(escapeRegExp).join('.*')}$`, 'i'),
  )
  return (text) => expressions.some((expression) => expression.test(text))
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
