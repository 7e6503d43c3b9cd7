import type { Db, Transaction } from '@cairn/platform/db/db'
import type { ListVersionLocations } from '@cairn/platform/protocol/cairn/version-locations'
import type { Output } from '@cairn/platform/protocol/operation'
import { DELETED, type RegistrySchema } from '../schema.js'

const PAGE = 1000

/**
 * Returns the next position. Positions are never reused, even after versions are deleted. The row stays locked until the
 * commit, so that no reader passes a position whose version is not visible yet.
 */
export async function nextPosition(tx: Transaction<RegistrySchema>): Promise<number> {
  const { last } = await tx
    .updateTable('last_position')
    .set((eb) => ({ last: eb('last', '+', 1) }))
    .returning('last')
    .executeTakeFirstOrThrow()
  return last
}

/**
 * Lists the file locations of versions after a position. Includes prompts, which only a tag distinguishes. Without a position,
 * also lists versions without one: a server of an older release created them after the upgrade.
 */
export async function versionLocations(
  { read }: Db<RegistrySchema>,
  after = -1,
): Promise<Output<typeof ListVersionLocations>> {
  const rows = await read
    .selectFrom('model_versions')
    .select(['name', 'version', 'storage_location as location', 'position'])
    .where('position', '>', after)
    .where('current_stage', '!=', DELETED)
    .orderBy('position')
    .limit(PAGE)
    .execute()
  return { locations: rows.map((row) => ({ ...row, version: String(row.version) })) }
}
