import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authenticate } from '../../auth/authenticate.js'
import type { Authorizer } from '../../auth/authorizer.js'
import type { Decision, SecurableChain } from '../../auth/decide.js'
import { KINDS } from '../../auth/kinds.js'
import type { AllowedObjects } from '../../auth/object-access.js'
import type { Caller } from '../../auth/principal.js'
import { requireScope } from '../../auth/scopes.js'
import { ApiError } from '../../errors.js'
import type { ObjectRight, Operation, Right } from '../../protocol/operation.js'
import type { Privilege, SecurableType } from '../../protocol/privileges.js'
import { Admission, type NamedObjects } from '../admission.js'

/** Authenticates each request, checks the scopes of its token, and checks the right of its route. */
export function authenticateRequests(
  app: FastifyInstance,
  authenticate: Authenticate,
  authorizer: Authorizer,
) {
  app.decorateRequest('principal', null as unknown as Caller)
  app.decorateRequest('decided', false)
  app.decorateRequest(
    'authorize',
    function (this: FastifyRequest, privilege: Privilege | readonly Privilege[], chain: SecurableChain) {
      this.decided = true
      return authorizer.require(this.principal, privilege, chain, this.id)
    },
  )
  app.decorateRequest(
    'authorizeOften',
    function (this: FastifyRequest, privilege: Privilege | readonly Privilege[], chain: SecurableChain) {
      this.decided = true
      return authorizer.requireOrRemember(this.principal, privilege, chain, this.id)
    },
  )
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
  app.decorateRequest('reauthenticate', async function (this: FastifyRequest) {
    this.principal = await authenticate(this.headers.authorization, this.ip)
    return this.principal
  })
  app.addHook('onRequest', async (request) => {
    const { right, scope } = request.routeOptions.config
    if (right === 'anyone' || request.is404) return
    if (right === undefined)
      throw new ApiError(
        'PERMISSION_DENIED',
        `${request.method} ${request.routeOptions.url} declares no right, so access is denied.`,
      )
    request.principal = await authenticate(request.headers.authorization, request.ip)
    const { scopes } = request.principal
    if (scopes) requireScope(scopes, scope, request.params as Record<string, string>)
    if (typeof right === 'object' && right.on === 'metastore')
      await request.authorize(right.privilege, authorizer.metastore)
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Caller
    /** Whether an access decision was made for this request; checked by `handle.ts`. */
    decided: boolean
    /** @throws PERMISSION_DENIED naming the missing privilege and who can grant it. Writes the audit row either way. */
    authorize(privilege: Privilege | readonly Privilege[], chain: SecurableChain): Promise<Decision>
    /** Like `authorize`, for frequent requests: what was allowed is remembered for a second. */
    authorizeOften(
      privilege: Privilege | readonly Privilege[],
      chain: SecurableChain,
    ): Promise<Decision> | Decision
    /** Decides the right of an operation on the objects that its input names; see `Admission`. */
    admit<In>(op: Operation, input: In): Promise<In>
    /** Decides a right, by default that of the route, on objects that are not named by the input of an operation. */
    admitNames(
      names: NamedObjects,
      options?: { readonly right?: ObjectRight; readonly mayBeAbsent?: boolean },
    ): Promise<void>
    /** The objects on which the caller has the privilege of the route; undefined for all of them. */
    allowedObjects(type: SecurableType): Promise<AllowedObjects | undefined>
    /** For long responses: the token may have been revoked meanwhile. @throws UNAUTHENTICATED */
    reauthenticate(): Promise<Caller>
  }
  interface FastifyInstance {
    /** Fails at start for an operation on objects that its input does not name. */
    checkAdmission(op: Operation): void
  }
  interface FastifyContextConfig {
    /** What a request of a route that is not an operation names. @throws INVALID_PARAMETER_VALUE */
    names?: (request: FastifyRequest) => NamedObjects
    right?: Right
    /** See `Operation`. */
    scope?: string
    /** The id of the operation behind a route. */
    operation?: string
  }
}
