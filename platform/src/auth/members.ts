import type { Transaction } from '../db/db.js'
import { invalid, missing } from '../errors.js'
import { EVERYONE, type PrincipalType } from './principal.js'
import type { AuthSchema } from './schema.js'

export interface MemberChange {
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
  /** Removes all members first. */
  readonly replace?: readonly string[]
}

/** The ids of the added and removed members. */
export interface ChangedMembers {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** @throws INVALID_PARAMETER_VALUE for the group of all principals, RESOURCE_DOES_NOT_EXIST */
export async function changeMembersIn(
  tx: Transaction<AuthSchema>,
  groupId: string,
  { add = [], remove = [], replace }: MemberChange,
): Promise<ChangedMembers> {
  if (groupId === EVERYONE.id)
    throw invalid(`All principals belong to '${EVERYONE.name}': its members cannot be changed.`)
  await requireAll(tx, [groupId], 'group')
  const joining = [...new Set([...add, ...(replace ?? [])])]
  await requireAll(tx, joining)
  const leaving = tx.deleteFrom('group_members').where('group_id', '=', groupId).returning('member_id')
  const left = replace
    ? await leaving.execute()
    : remove.length > 0
      ? await leaving.where('member_id', 'in', [...remove]).execute()
      : []
  const removed = new Set(left.map(({ member_id }) => member_id))
  const added: string[] = []
  for (const member_id of joining) {
    const joined = await tx
      .insertInto('group_members')
      .values({ group_id: groupId, member_id })
      .onConflict((on) => on.doNothing())
      .returning('member_id')
      .execute()
    if (!removed.delete(member_id) && joined.length > 0) added.push(member_id)
  }
  return { added, removed: [...removed] }
}

/** @throws RESOURCE_DOES_NOT_EXIST for the first id that is not a principal of the type */
async function requireAll(tx: Transaction<AuthSchema>, ids: readonly string[], type?: PrincipalType) {
  const rows = await tx
    .selectFrom('principals')
    .select('id')
    .where('id', 'in', ['', ...ids])
    .$if(type !== undefined, (query) => query.where('type', '=', type!))
    .execute()
  const known = new Set(rows.map((row) => row.id))
  const unknown = ids.find((id) => !known.has(id))
  if (unknown !== undefined) throw missing(`${type ?? 'principal'} '${unknown}' does not exist.`)
}
