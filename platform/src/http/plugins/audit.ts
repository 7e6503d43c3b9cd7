import { hash } from 'node:crypto'
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onSendHookHandler,
  preSerializationHookHandler,
  RouteOptions,
} from 'fastify'
import type { AuditLog } from '../../audit/audit-log.js'
import type { PendingEvent, Subject, Trail } from '../../audit/event.js'
import { requestParams } from '../../audit/request-params.js'
import { subjectOf } from '../../audit/subject.js'
import type { NotedDecision } from '../../auth/authorizer.js'
import { clientNetwork } from '../../auth/client-network.js'
import { type Caller, LOCAL_OWNER } from '../../auth/principal.js'
import type { AuditOutcome } from '../../auth/schema.js'
import { type AuditedOperation, auditedOperation, auditedRoute } from '../../protocol/audit-classes.js'
import type { AuditChange } from '../../protocol/cairn/audit.js'

const MAX_USER_AGENT = 256
const MAX_MESSAGE = 1_000
const MAX_KEY = 200
/** The codes of errors whose message does not quote the request. */
const OWN_WORDS = new Set([
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
  'INTERNAL_ERROR',
  'TEMPORARILY_UNAVAILABLE',
])

/** Records each request that the class of its operation says; see `protocol/audit-classes.ts` (ADR 36). */
export function auditRequests(app: FastifyInstance, log: AuditLog | undefined) {
  decorate(app, log)
  app.addHook('onRoute', (route) => {
    const operation = route.config?.operation
    const [method = ''] = [route.method].flat()
    const declared = operation ? auditedOperation(operation) : auditedRoute(method, route.url)
    if (!declared) return
    route.config = { ...route.config, audited: declared }
    // Hooks of other routes would cost frequent requests time.
    if (log && declared.class === 'committed') commitOn(route, log, declared)
  })
  if (!log) return
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.audited) countOnClose(log, request, reply)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    count(log, request, reply)
    done()
  })
}

/** Counts a request whose client has gone: Fastify calls no hook for it, and its outcome is unknown while the handler runs. */
function countOnClose(log: AuditLog, request: FastifyRequest, reply: FastifyReply) {
  const countNow = () => count(log, request, reply)
  void request.socket.remoteAddress // read now: a closed socket has no address unless it was read before
  let isStreaming = false
  reply.raw.once('pipe', () => {
    isStreaming = true
  })
  reply.raw.once('close', () => {
    if (request.isCounted || isStreaming || reply.sent || reply.raw.headersSent) return countNow()
    const { send, hijack } = reply
    reply.send = (payload) => {
      if (!(payload instanceof Error)) countNow() // an error handler sends its answer
      return send.call(reply, payload)
    }
    reply.hijack = () => {
      countNow()
      return hijack.call(reply)
    }
  })
}

/** Writes the event before the response is sent. */
function commitOn(route: RouteOptions, log: AuditLog, audited: AuditedOperation) {
  const keepOutput: preSerializationHookHandler = (request, _reply, payload, done) => {
    trailOf(request).output = payload
    done(null, payload)
  }
  const commit: onSendHookHandler = (request, reply, payload, done) => {
    if (!isCommitted(audited, request, reply)) return done(null, payload)
    log.commit(eventOf(request, reply, audited, log.now())).then(() => done(null, payload), done)
  }
  route.preSerialization = [route.preSerialization ?? [], keepOutput].flat()
  route.onSend = [route.onSend ?? [], commit].flat()
}

/** Returns whether the event is committed. Those of unknown callers are only counted, because anybody may sign out. */
const isCommitted = (audited: AuditedOperation, request: FastifyRequest, reply: FastifyReply) =>
  audited.class === 'committed' && isSuccess(request, reply) && callerOf(request) !== undefined

const callerOf = ({ trail, principal }: FastifyRequest): Caller | undefined =>
  trail?.actor ?? principal ?? undefined

/** Returns whether a request succeeded. A failed single sign-on is answered with a redirect. */
const isSuccess = ({ failure }: FastifyRequest, { statusCode }: FastifyReply) => statusCode < 400 && !failure

function decorate(app: FastifyInstance, log: AuditLog | undefined) {
  app.decorate('audit', log)
  app.decorateRequest('trail', null)
  app.decorateRequest('failure', null)
  app.decorateRequest('isCounted', false)
  app.decorateRequest('noteDecision', function (this: FastifyRequest, one: NotedDecision) {
    trailOf(this).decisions.push(one)
  })
  app.decorateRequest('noteChange', function (this: FastifyRequest, change: AuditChange) {
    trailOf(this).changes.push(change)
  })
  app.decorateRequest('noteActor', function (this: FastifyRequest, actor: Caller) {
    trailOf(this).actor = actor
  })
  app.decorateRequest('noteSubject', function (this: FastifyRequest, subject: Subject) {
    trailOf(this).subject = subject
  })
}

/** Returns the facts about the request that are known so far. */
export function trailOf(request: FastifyRequest): Trail {
  request.trail ??= { decisions: [], named: [], changes: [] }
  return request.trail
}

function count(log: AuditLog, request: FastifyRequest, reply: FastifyReply) {
  const { audited } = request.routeOptions.config
  const { trail } = request
  if (!audited || request.isCounted) return
  request.isCounted = true
  if (isCommitted(audited, request, reply)) return
  const { statusCode } = reply
  if (audited.class === 'refusals' && statusCode < 400) return
  const outcome = outcomeOf(request, reply)
  if (audited.class === 'refusals' && outcome !== 'denied') return
  const { principal, ip } = request
  if (principal?.via === 'internal' && outcome === 'success') return // the request behind it is recorded
  const caller = callerOf(request)
  const isSuccess = outcome === 'success'
  const known = principal ?? (isSuccess ? caller : undefined) // anybody may try to sign in as anybody
  const path = audited.pathSegments ? pathOf(request, audited.pathSegments) : ''
  const key = {
    payer: known?.id ?? clientNetwork(ip),
    isKnown: known !== undefined,
    isSuccess,
    action: actionOf(audited, request),
    proof: `${caller?.id} ${caller?.token ?? caller?.session} ${authenticationOf(request)} ${ip}`,
    objects: bounded(objectsOf(trail)),
    details: bounded(`${statusCode} ${path}`),
  }
  log.count(key, () => eventOf(request, reply, audited, log.now()))
}

const bounded = (text: string) => (text.length > MAX_KEY ? hash('sha256', text, 'base64') : text)

function actionOf({ action, byQuery = {} }: AuditedOperation, { query }: FastifyRequest): string {
  const named = Object.entries(byQuery).find(([name]) => Object.hasOwn(query as object, name))
  return named?.[1] ?? action
}

function objectsOf(trail: Trail | null): string {
  if (!trail) return ''
  const { decisions, named, subject } = trail
  if (named.length === 1 && decisions.length < 2 && !subject) {
    const { name } = named[0]!
    return decisions.length === 0 ? name : `${idOf(decisions[0]!)} ${name} ` // the most frequent
  }
  return [...decisions.map(idOf), ...named.map(({ name }) => name), subject?.id ?? ''].join(' ')
}

const idOf = ({ chain: [one] }: NotedDecision) => one.id || one.name

const pathOf = ({ params }: FastifyRequest, segments: number) =>
  ((params as { '*'?: string })['*'] ?? '').split('/').slice(0, segments).join('/')

/** Returns the outcome of a request. A 404 hides a refusal if the request was denied something. */
function outcomeOf(request: FastifyRequest, reply: FastifyReply): AuditOutcome {
  const { trail } = request
  const { statusCode } = reply
  if (isSuccess(request, reply)) return 'success'
  if (statusCode < 400 || statusCode === 401 || statusCode === 403) return 'denied'
  const isHidden = statusCode === 404 && trail?.decisions.some(({ decision }) => !decision.allowed)
  return isHidden ? 'denied' : 'failed'
}

function eventOf(
  request: FastifyRequest,
  reply: FastifyReply,
  audited: AuditedOperation,
  time: number,
): PendingEvent {
  const { decisions, named, changes, subject, output } = trailOf(request)
  const { failure } = request
  const status = reply.statusCode
  const outcome = outcomeOf(request, reply)
  const found = subject ?? subjectOf(audited, request, output)
  return {
    time,
    requestId: request.id,
    service: audited.service,
    action: actionOf(audited, request),
    caller: callerOf(request),
    authentication: authenticationOf(request),
    address: request.ip,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT),
    params: audited.namesNothing ? {} : requestParams(request, audited.alsoNames),
    status,
    ...(failure && {
      error: {
        code: failure.code,
        ...((outcome === 'denied' || OWN_WORDS.has(failure.code)) && {
          message: failure.message.slice(0, MAX_MESSAGE),
        }),
      },
    }),
    outcome,
    ...{ decisions, named, changes: outcome === 'success' ? changes : [] },
    ...(found && { subject: found }),
  }
}

function authenticationOf({ principal, routeOptions }: FastifyRequest): string {
  if (!principal) return routeOptions.config.audited?.authentication ?? 'none'
  if (routeOptions.config.audited?.authentication) return routeOptions.config.audited.authentication
  if (principal.session) return 'session'
  if (principal.token) return 'token'
  return principal.via ?? (principal.id === LOCAL_OWNER.id ? 'local_owner' : 'none')
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The facts that `trailOf` returns; null before anything is noted. */
    trail: Trail | null
    /** True if its audit event is written or counted. */
    isCounted: boolean
    /** The error that the request is answered with. */
    failure: { readonly code: string; readonly message: string } | null
    /** Adds a decision to the audit event of the request. */
    noteDecision(one: NotedDecision): void
    /** Adds what the request changes to its audit event. */
    noteChange(change: AuditChange): void
    /** Names the principal of a request that authenticates nobody, such as a sign-in. */
    noteActor(actor: Caller): void
    /** Names the object of the request, if no decision does. */
    noteSubject(subject: Subject): void
  }
  interface FastifyInstance {
    audit: AuditLog | undefined
  }
  interface FastifyContextConfig {
    audited?: AuditedOperation
  }
}
