import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { FastifyRequest } from 'fastify'

/** Tells the audit log which members a group has now and had not before, and the other way round. */
export async function noteMembers(
  request: FastifyRequest,
  authorizer: Authorizer,
  { added, removed }: { readonly added: readonly string[]; readonly removed: readonly string[] },
): Promise<void> {
  if (added.length + removed.length === 0) return
  const nameOf = await authorizer.names([...added, ...removed])
  request.noteChange({ field: 'members', added: added.map(nameOf), removed: removed.map(nameOf) })
}
