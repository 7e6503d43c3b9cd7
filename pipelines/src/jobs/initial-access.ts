import { noteGrants } from '@cairn/platform/audit/note-grants'
import { namedEntries } from '@cairn/platform/auth/access-control-list'
import type { GrantChange } from '@cairn/platform/auth/grants'
import { IS_OWNER, levelChange } from '@cairn/platform/auth/permission-levels'
import { invalid } from '@cairn/platform/errors'
import type { AccessControlRequest } from '@cairn/platform/protocol/databricks/object-permissions'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyRequest } from 'fastify'

/**
 * The grants for the access control list of a new job or one-time run. The creator owns it, and so may grant everything.
 *
 * @throws INVALID_PARAMETER_VALUE for an unknown level, and for another owner
 */
export async function initialGrants(
  list: readonly AccessControlRequest[],
  { principal }: FastifyRequest,
  { identities }: Pick<ServiceContext, 'identities'>,
): Promise<GrantChange[]> {
  const named = await namedEntries(identities, list)
  for (const { entry, holder } of named)
    if (entry.permission_level === IS_OWNER && holder.id !== principal.id)
      throw invalid(
        `access_control_list: '${holder.name}' cannot be the owner yet; its creator owns it. Change the owner with the permissions API.`,
      )
  return named
    .filter(({ entry }) => entry.permission_level !== IS_OWNER)
    .map(({ entry, holder }) => levelChange('job', holder.id, entry.permission_level))
}

/** Grants privileges on a new object before its id is returned. */
export async function grantInitially(
  object: { readonly id: number; readonly name: string },
  changes: readonly GrantChange[],
  request: FastifyRequest,
  { grants, authorizer }: Pick<ServiceContext, 'grants' | 'authorizer'>,
): Promise<void> {
  if (changes.length === 0) return
  const { principal } = request
  const job = { type: 'job' as const, id: String(object.id), name: object.name, owner: principal.id }
  await noteGrants(request, authorizer, await grants.change(job, changes, principal))
}
