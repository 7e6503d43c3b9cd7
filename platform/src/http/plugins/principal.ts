import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify'
import type { Authenticate } from '../../auth/authenticate.js'
import type { Authorizer } from '../../auth/authorizer.js'
import type { Decision, SecurableChain } from '../../auth/decide.js'
import type { Caller } from '../../auth/principal.js'
import { requireScope } from '../../auth/scopes.js'
import { ApiError } from '../../errors.js'
import type { Right } from '../../protocol/operation.js'
import type { Privilege } from '../../protocol/privileges.js'

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
  app.decorateRequest('reauthenticate', async function (this: FastifyRequest) {
    this.principal = await authenticate(this.headers.authorization, this.ip)
    return this.principal
  })
  const admit = (request: FastifyRequest, caller: Caller, { right, scope }: FastifyContextConfig) => {
    request.principal = caller
    if (caller.scopes) requireScope(caller.scopes, scope, request.params as Record<string, string>)
    return typeof right === 'object' && right.on === 'metastore'
      ? request.authorize(right.privilege, authorizer.metastore)
      : undefined
  }
  // Callbacks, because a promise for each request is a tenth of the cost of a query.
  app.addHook('onRequest', (request, _reply, done) => {
    const { url, config } = request.routeOptions
    if (config.right === 'anyone' || request.is404) return done()
    if (config.right === undefined)
      throw new ApiError(
        'PERMISSION_DENIED',
        `${request.method} ${url} declares no right, so access is denied.`,
      )
    const caller = authenticate(request.headers.authorization, request.ip)
    const admitted =
      caller instanceof Promise
        ? caller.then((found) => admit(request, found, config))
        : admit(request, caller, config)
    if (admitted instanceof Promise) admitted.then(() => done(), done)
    else done()
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
    /** For long responses: the token may have been revoked meanwhile. @throws UNAUTHENTICATED */
    reauthenticate(): Promise<Caller>
  }
  interface FastifyContextConfig {
    right?: Right
    /** See `Operation`. */
    scope?: string
    /** The id of the operation behind a route. */
    operation?: string
  }
}
