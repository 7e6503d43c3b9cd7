import { EVERYONE } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { sql } from 'kysely'

/** The groups that contain some principals, directly and indirectly. Handles cycles. */
export class Memberships {
  readonly #groupsOf: ReadonlyMap<string, readonly string[]>

  private constructor(groupsOf: ReadonlyMap<string, readonly string[]>) {
    this.#groupsOf = groupsOf
  }

  static async above(db: Db<AuthSchema>, principalIds: readonly string[]): Promise<Memberships> {
    const { rows } = await sql<{ member_id: string; group_id: string }>`
      with recursive above(member_id, group_id) as (
        select group_members.member_id, group_members.group_id from group_members
          where group_members.member_id in (select id from ${idRows(db.dialect, [EVERYONE.id, ...principalIds])} as first)
        union select group_members.member_id, group_members.group_id
          from group_members join above on above.group_id = group_members.member_id
      )
      select member_id, group_id from above order by group_id
    `.execute(db.read)
    const edges = groupBy(rows, ({ member_id }) => member_id)
    return new Memberships(new Map([...edges].map(([id, to]) => [id, to.map(({ group_id }) => group_id)])))
  }

  /** Returns the principal and all groups that contain it, each with the shortest path of group ids from the principal. */
  paths(principalId: string): ReadonlyMap<string, readonly string[]> {
    const paths = new Map<string, readonly string[]>([[principalId, []]])
    const queue = [principalId]
    const reach = (id: string, path: readonly string[]) => {
      if (paths.has(id)) return
      paths.set(id, path)
      queue.push(id)
    }
    for (let next = 0; next < queue.length; next++) {
      const id = queue[next]!
      for (const group of this.#groupsOf.get(id) ?? []) reach(group, [...paths.get(id)!, group])
      if (next === 0) reach(EVERYONE.id, [EVERYONE.id])
    }
    return paths
  }
}
