import { KINDS } from '@cairn/platform/auth/kinds'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'

/** The migrations that granted privileges, so that what worked before still does, by the `granted_by` of these grants. */
const GRANTED_BY: Readonly<Record<string, string>> = {
  '0011_securables.sql': 'upgrade',
  '0013_teams_everywhere.sql': 'upgrade of endpoints',
}

/** Describes the privileges that migrations granted. @param applied the names of the migrations */
export async function upgradeNotes(db: Db<AuthSchema>, applied: readonly string[]): Promise<string[]> {
  const upgrades = applied.flatMap((name) => GRANTED_BY[name] ?? [])
  if (upgrades.length === 0) return []
  const rows = await db.read
    .selectFrom('grants')
    .innerJoin('principals', 'principals.id', 'grants.principal_id')
    .select(['principals.name', 'grants.privilege', 'grants.securable_type', 'grants.securable_id'])
    .where('granted_by', 'in', upgrades)
    .orderBy('principals.name')
    .orderBy('grants.privilege')
    .execute()
  return rows.map(
    ({ name, privilege, securable_type, securable_id }) =>
      `granted ${privilege} to '${name}' on ${securable_type}${KINDS[securable_type].parent ? ` ${securable_id}` : ''}`,
  )
}
