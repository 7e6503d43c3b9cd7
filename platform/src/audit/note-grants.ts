import type { FastifyRequest } from 'fastify'
import type { Authorizer } from '../auth/authorizer.js'
import type { Securable } from '../auth/decide.js'
import type { AppliedGrants } from '../auth/grants.js'

/**
 * Records the granted and revoked privileges of a request in the audit log.
 *
 * @param on the object of the grants, if the event is about another one
 */
export async function noteGrants(
  request: FastifyRequest,
  authorizer: Authorizer,
  applied: readonly AppliedGrants[],
  on?: Securable,
): Promise<void> {
  if (applied.length === 0) return
  const nameOf = await authorizer.names(applied.map(({ principal_id }) => principal_id))
  for (const { principal_id, added, removed } of applied)
    request.noteChange({
      field: on ? `privileges on ${on.type} ${on.name}` : 'privileges',
      principal: nameOf(principal_id),
      ...(added.length > 0 && { added: [...added] }),
      ...(removed.length > 0 && { removed: [...removed] }),
    })
}
