import type { Db, Transaction } from '@cairn/platform/db/db'
import type { ListVersionLocations } from '@cairn/platform/protocol/model-versions'
import type { Output } from '@cairn/platform/protocol/operation'
import { DELETED, type RegistrySchema } from '../schema.js'

const PAGE = 1000

/**
 * The next of all positions, none of which is given twice, also when versions are gone. Given out one at a time until the
 * commit, so that nobody reads past one that is still to come.
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
 * Where the files of versions are that came after a position, prompts too: whether a model is one is only a tag. All are
 * told from the first, which has none if a server of an older release made it after the upgrade.
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
