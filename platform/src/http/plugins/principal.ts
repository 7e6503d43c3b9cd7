import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Authenticate, RequestCredentials } from '../../auth/authenticate.js'
import type { Authorizer, NotedDecision } from '../../auth/authorizer.js'
import type { Decision, SecurableChain, SecurableId } from '../../auth/decide.js'
import { KINDS } from '../../auth/kinds.js'
import type { AllowedObjects } from '../../auth/object-access.js'
import { type Caller, LOCAL_OWNER } from '../../auth/principal.js'
import { type RouteScope, requireScope, type ServiceScope } from '../../auth/scopes.js'
import type { Sessions } from '../../auth/sessions.js'
import { ApiError } from '../../errors.js'
import type { ObjectRight, Operation, Right } from '../../protocol/operation.js'
import type { Privilege, SecurableType } from '../../protocol/privileges.js'
import { Admission, type NamedObjects } from '../admission.js'
import { type SessionCookie, sessionCookie } from '../session-cookie.js'
import { isForwarded } from './forwarded.js'
import { requireSameOrigin } from './same-origin.js'

export interface PrincipalOptions {
  readonly authenticate: Authenticate
  readonly authorizer: Authorizer
  readonly sessions: Sessions
  /** Public URL of the server; empty when it has none. */
  readonly publicUrl: string
}

const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** Authenticates each request, checks the scopes of its token, and checks the right of its route. */
export function authenticateRequests(app: FastifyInstance, options: PrincipalOptions) {
  const { authenticate, authorizer, sessions, publicUrl } = options
  const cookie = sessionCookie(publicUrl)
  decorate(app, options, cookie)
  admitNamedObjects(app, authorizer)
  app.addHook('onRequest', async (request, reply) => {
    const { right } = request.routeOptions.config
    if (right === 'anyone' || request.is404) return
    if (right === undefined)
      throw new ApiError(
        'PERMISSION_DENIED',
        `${request.method} ${request.routeOptions.url} declares no right, so access is denied.`,
      )
    void reply.header('cache-control', 'private, no-cache') // proxies must not show one caller's responses to another
    const credentials = credentialsOf(request, cookie)
    const { caller, isRotationDue } = await authenticate(credentials)
    request.principal = caller
    if (credentials.session && caller.session) {
      if (CHANGES.has(request.method)) requireSameOrigin(request, publicUrl)
      if (isRotationDue) await rotate(reply, credentials.session)
    }
    await requireRight(request, right)
  })

  async function rotate(reply: FastifyReply, old: string) {
    const secret = await sessions.rotate(old)
    if (secret) void reply.header('set-cookie', cookie.write(secret, sessions.limits.lifetimeSeconds))
  }

  function requireRight(request: FastifyRequest, right: Right): Promise<unknown> | undefined {
    const { scopes } = request.principal
    if (scopes) requireScope(scopes, routeScopeOf(request))
    if (typeof right === 'string' || right.on !== 'metastore') return undefined
    return right.ofAll
      ? request.authorizeEverywhere(right.privilege, right.ofAll)
      : request.authorize(right.privilege, authorizer.metastore)
  }
}

function decorate(
  app: FastifyInstance,
  { authenticate, authorizer, sessions }: PrincipalOptions,
  cookie: SessionCookie,
) {
  app.decorateRequest('principal', null as unknown as Caller)
  app.decorateRequest('decided', false)
  app.decorateRequest(
    'authorize',
    function (this: FastifyRequest, privilege: Privilege | readonly Privilege[], chain: SecurableChain) {
      this.decided = true
      return authorizer.require(this.principal, privilege, chain, (one) => this.noteDecision(one))
    },
  )
  app.decorateRequest(
    'authorizeEverywhere',
    function (this: FastifyRequest, privilege: Privilege, type: SecurableType) {
      this.decided = true
      return authorizer.requireEverywhere(this.principal, privilege, type, (one) => this.noteDecision(one))
    },
  )
  app.decorateRequest(
    'authorizeOften',
    function (this: FastifyRequest, privilege: Privilege, object: SecurableId, absent: () => ApiError) {
      this.decided = true
      const note = (one: NotedDecision) => this.noteDecision(one)
      return authorizer.requireOrRemember(this.principal, privilege, object, { note, absent })
    },
  )
  app.decorateRequest('reauthenticate', async function (this: FastifyRequest) {
    const { session } = this.principal
    const caller = session
      ? await sessions.findById(session)
      : (await authenticate(credentialsOf(this, cookie))).caller
    if (!caller) throw new ApiError('UNAUTHENTICATED', 'The session has ended. Sign in again.')
    this.principal = caller
    return caller
  })
  app.decorateRequest('credential', function (this: FastifyRequest) {
    const { authorization, session } = credentialsOf(this, cookie)
    if (authorization) return authorization
    if (session && this.principal?.session) return `Bearer ${session}`
    if (this.principal?.id === LOCAL_OWNER.id) return undefined
    throw new ApiError('UNAUTHENTICATED', 'The request has no token.')
  })
}

/** Adds the decisions about objects that requests name; see `Admission`. */
function admitNamedObjects(app: FastifyInstance, authorizer: Authorizer) {
  const admission = new Admission(authorizer)
  app.decorate('checkAdmission', (op: Operation) => admission.check(op))
  app.decorateRequest('admit', function <In>(this: FastifyRequest, op: Operation, input: In) {
    return admission.admit(op, input, this)
  })
  app.decorateRequest(
    'admitNames',
    function (
      this: FastifyRequest,
      names: NamedObjects,
      { right = this.routeOptions.config.right as ObjectRight, mayBeAbsent = false } = {},
    ) {
      return admission.admitNames(right, names, this, mayBeAbsent ? 'may exist' : 'must exist')
    },
  )
  app.decorateRequest('allowedObjects', function (this: FastifyRequest, type: SecurableType) {
    const right = this.routeOptions.config.right as ObjectRight
    this.decided = true
    return authorizer.objects.allowedObjects(this.principal, [right.privilege], type)
  })
  app.addHook('onRoute', ({ config = {}, url }) => {
    const { right, names, operation } = config
    if (typeof right === 'object' && KINDS[right.on].isNamed && !names && operation === undefined)
      throw new Error(`The route ${url} does not tell which ${right.on} its requests name.`)
  })
  app.addHook('preHandler', async (request) => {
    const { right, names } = request.routeOptions.config
    if (names && typeof right === 'object') await admission.admitNames(right, names(request), request)
  })
}

/** Matches paths of POST that change nothing: searches, whose filters are long, and MLflow's reports of loaded versions. */
const READING_PATH = /\/(search[\w-]*|get-latest-versions|emit-lineage)$/

function routeScopeOf({ method, params, routeOptions }: FastifyRequest): RouteScope {
  const { scope, service } = routeOptions.config
  return {
    ...{ method, service, template: scope },
    reads: method === 'POST' && READING_PATH.test(routeOptions.url ?? ''),
    parameters: params as Record<string, string>,
  }
}

/** Returns the credentials. The header of a script or tool takes precedence over the cookie that a browser always sends. */
function credentialsOf({ headers, ip }: FastifyRequest, cookie: SessionCookie): RequestCredentials {
  const { authorization } = headers
  return {
    authorization,
    session: authorization ? undefined : cookie.read(headers.cookie),
    remoteAddress: ip,
    isForwarded: () => isForwarded(headers),
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Caller
    /** True if an access decision was made for this request; checked by `handle.ts`. */
    decided: boolean
    /** @throws PERMISSION_DENIED naming the missing privilege and who can grant it. The audit log gets the decision either way. */
    authorize(privilege: Privilege | readonly Privilege[], chain: SecurableChain): Promise<Decision>
    /** Decides about all objects of a kind. @throws PERMISSION_DENIED, also if one of them is denied */
    authorizeEverywhere(privilege: Privilege, type: SecurableType): Promise<void>
    /**
     * Decides about an object in the table of securables, for frequent requests: what was allowed is cached for a second.
     *
     * @param absent the error for an object that does not exist, also for a hidden one
     */
    authorizeOften(privilege: Privilege, object: SecurableId, absent: () => ApiError): Promise<void> | void
    /** Decides the right of an operation on the objects that its input names; see `Admission`. */
    admit<In>(op: Operation, input: In): Promise<In> | In
    /** Decides a right, by default that of the route, on objects that are not named by the input of an operation. */
    admitNames(
      names: NamedObjects,
      options?: { readonly right?: ObjectRight; readonly mayBeAbsent?: boolean },
    ): Promise<void>
    /** Returns the objects on which the caller has the privilege of the route; undefined if these are all objects. */
    allowedObjects(type: SecurableType): Promise<AllowedObjects | undefined>
    /** Authenticates again, for long responses, because the token may have been revoked meanwhile. @throws UNAUTHENTICATED */
    reauthenticate(): Promise<Caller>
    /**
     * Returns the `Authorization` header for calls to other services for the caller; undefined for the local owner.
     *
     * @throws UNAUTHENTICATED on a route that authenticates nobody
     */
    credential(): string | undefined
  }
  interface FastifyInstance {
    /** Fails at the start of a server for an operation on objects that its input does not name. */
    checkAdmission(op: Operation): void
  }
  interface FastifyContextConfig {
    /** Returns the objects that a request names, for routes that are not operations. @throws INVALID_PARAMETER_VALUE */
    names?: (request: FastifyRequest) => NamedObjects
    right?: Right
    /** See `Operation`. */
    scope?: string
    /** The service that registered the route, as a scope of tokens. */
    service?: ServiceScope
    /** The id of the operation behind a route. */
    operation?: string
  }
}
