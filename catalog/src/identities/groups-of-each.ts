import type { Principal } from '@cairn/platform/auth/principal'
import type { Db } from '@cairn/platform/db/db'
import type { CatalogSchema } from '../schema.js'

/** The groups of each of several members, read at once. Members without a group are left out. */
export async function groupsOfEach(
  db: Db<CatalogSchema>,
  memberIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Principal[]>> {
  const rows = await db.read
    .selectFrom('group_members')
    .innerJoin('principals', 'principals.id', 'group_members.group_id')
    .select(['member_id', 'principals.id', 'principals.type', 'principals.name'])
    .where('member_id', 'in', ['', ...memberIds])
    .orderBy('principals.name')
    .execute()
  const groups = new Map<string, Principal[]>()
  for (const { member_id, ...group } of rows) {
    const found = groups.get(member_id)
    if (found) found.push(group)
    else groups.set(member_id, [group])
  }
  return groups
}
