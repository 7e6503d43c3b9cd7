import { invalid } from '../errors.js'
import type { AccessControlRequest } from '../protocol/databricks/object-permissions.js'
import type { Identities } from './identities.js'
import type { PrincipalRow } from './schema.js'

/** The field of an access control entry for each type of principal. */
export const FIELD_OF = {
  user: 'user_name',
  group: 'group_name',
  service_principal: 'service_principal_name',
} as const

export interface NamedEntry {
  readonly entry: AccessControlRequest
  readonly holder: PrincipalRow
}

/** Finds the principals of entries. @throws INVALID_PARAMETER_VALUE for one that does not name one principal, RESOURCE_DOES_NOT_EXIST */
export const namedEntries = (
  identities: Identities,
  list: readonly AccessControlRequest[],
): Promise<NamedEntry[]> =>
  Promise.all(list.map(async (entry) => ({ entry, holder: await holderOf(identities, entry) })))

async function holderOf(identities: Identities, entry: AccessControlRequest): Promise<PrincipalRow> {
  const [field, ...others] = Object.values(FIELD_OF).filter((name) => entry[name])
  if (!field || others.length > 0)
    throw invalid(
      "Each entry of 'access_control_list' must have one of user_name, group_name and service_principal_name.",
    )
  const holder = await identities.get(entry[field]!)
  if (FIELD_OF[holder.type] !== field)
    throw invalid(
      `'${holder.name}' is a ${holder.type.replace('_', ' ')}: name it in '${FIELD_OF[holder.type]}', not in '${field}'.`,
    )
  return holder
}
