import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { FastifyRequest } from 'fastify'

/** Records the added and removed members of a group in the audit log. */
export async function noteMembers(
  request: FastifyRequest,
  authorizer: Authorizer,
  { added, removed }: { readonly added: readonly string[]; readonly removed: readonly string[] },
): Promise<void> {
  if (added.length + removed.length === 0) return
  const nameOf = await authorizer.names([...added, ...removed])
  request.noteChange({ field: 'members', added: added.map(nameOf), removed: removed.map(nameOf) })
}
