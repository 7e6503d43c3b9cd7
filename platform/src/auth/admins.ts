import type { Grants } from './grants.js'
import type { Identities } from './identities.js'
import { METASTORE } from './metastore.js'
import { ADMINS, LOCAL_OWNER } from './principal.js'

/** Creates the group of administrators, and grants its rights. @returns whether it was created */
export async function ensureAdmins({
  identities,
  grants,
}: {
  readonly identities: Identities
  readonly grants: Grants
}): Promise<boolean> {
  const isNew = await identities.ensure(ADMINS)
  const [metastore] = METASTORE
  const add = ['ALL PRIVILEGES', 'MANAGE', 'MANAGE IDENTITIES'] as const
  await grants.change(metastore, [{ principal_id: ADMINS.id, add: [...add], remove: [] }], LOCAL_OWNER)
  return isNew
}
