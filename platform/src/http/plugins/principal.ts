import type { FastifyInstance, FastifyRequest } from 'fastify'
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
