import { inBatches } from '../collections/in-batches.js'
import type { Transaction } from '../db/db.js'
import { invalid, missing } from '../errors.js'
import { EVERYONE, type PrincipalType } from './principal.js'
import type { AuthSchema } from './schema.js'

/** SQLite allows 32,766 parameters in a statement. */
const BATCH = 5_000

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
  now = Date.now(),
): Promise<ChangedMembers> {
  if (groupId === EVERYONE.id)
    throw invalid(`All principals belong to '${EVERYONE.name}': its members cannot be changed.`)
  await requireAll(tx, [groupId], 'group')
  const joining = [...new Set([...add, ...(replace ?? [])])]
  await requireAll(tx, joining)
  const removed = new Set(replace ? await removeAll(tx, groupId) : await removeMembers(tx, groupId, remove))
  const joined = await addMembers(tx, groupId, joining)
  const added = joined.filter((id) => !removed.delete(id))
  if (added.length + removed.size > 0)
    await tx.updateTable('principals').set({ updated_at: now }).where('id', '=', groupId).execute()
  return { added, removed: [...removed] }
}

async function removeAll(tx: Transaction<AuthSchema>, groupId: string): Promise<string[]> {
  const rows = await tx
    .deleteFrom('group_members')
    .where('group_id', '=', groupId)
    .returning('member_id')
    .execute()
  return rows.map(({ member_id }) => member_id)
}

const removeMembers = (tx: Transaction<AuthSchema>, groupId: string, ids: readonly string[]) =>
  inBatches(
    ids,
    async (batch) => {
      const rows = await tx
        .deleteFrom('group_members')
        .where('group_id', '=', groupId)
        .where('member_id', 'in', batch)
        .returning('member_id')
        .execute()
      return rows.map(({ member_id }) => member_id)
    },
    BATCH,
  )

/** Adds members to a group. @returns the ids that were no members before */
const addMembers = (tx: Transaction<AuthSchema>, groupId: string, ids: readonly string[]) =>
  inBatches(
    ids,
    async (batch) => {
      const rows = await tx
        .insertInto('group_members')
        .values(batch.map((member_id) => ({ group_id: groupId, member_id })))
        .onConflict((on) => on.doNothing())
        .returning('member_id')
        .execute()
      return rows.map(({ member_id }) => member_id)
    },
    BATCH,
  )

/** @throws RESOURCE_DOES_NOT_EXIST for the first id that is not a principal of the type */
async function requireAll(tx: Transaction<AuthSchema>, ids: readonly string[], type?: PrincipalType) {
  const found = await inBatches(
    ids,
    (batch) =>
      tx
        .selectFrom('principals')
        .select('id')
        .where('id', 'in', batch)
        .$if(type !== undefined, (query) => query.where('type', '=', type!))
        .execute(),
    BATCH,
  )
  const known = new Set(found.map(({ id }) => id))
  const unknown = ids.find((id) => !known.has(id))
  if (unknown !== undefined) throw missing(`${type ?? 'principal'} '${unknown}' does not exist.`)
}
