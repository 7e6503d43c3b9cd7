import type { Db } from '../db/db.js'
import { KINDS } from './kinds.js'
import type { AuthSchema } from './schema.js'

/** The migration that introduced privileges on experiments, models and jobs. */
export const TEAMS_MIGRATION = '0011_securables.sql'

/** Describes the privileges that the upgrade granted, so that what worked before still does. */
export async function upgradeNotes(db: Db<AuthSchema>): Promise<string[]> {
  const rows = await db.read
    .selectFrom('grants')
    .innerJoin('principals', 'principals.id', 'grants.principal_id')
    .select(['principals.name', 'grants.privilege', 'grants.securable_type', 'grants.securable_id'])
    .where('granted_by', '=', 'upgrade')
    .orderBy('principals.name')
    .orderBy('grants.privilege')
    .execute()
  return rows.map(
    ({ name, privilege, securable_type, securable_id }) =>
      `granted ${privilege} to '${name}' on ${securable_type}${KINDS[securable_type].parent ? ` ${securable_id}` : ''}`,
  )
}
