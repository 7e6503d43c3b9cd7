import type { Db, Transaction } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import type { ListVersionLocations } from '@cairn/platform/protocol/model-versions'
import type { Output } from '@cairn/platform/protocol/operation'
import { DELETED, type RegistrySchema } from '../schema.js'

const PAGE = 1000

/** The next of all positions. Given out one at a time until the commit, so that nobody reads past one that is still to come. */
export async function nextPosition(tx: Transaction<RegistrySchema>, dialect: Dialect): Promise<number> {
  await dialect.lock('registry positions')?.execute(tx)
  const { last } = await tx
    .selectFrom('model_versions')
    .select((eb) => eb.fn.max('position').as('last'))
    .executeTakeFirstOrThrow()
  return (last ?? 0) + 1
}

/** Where the files of versions are that came after a position, prompts too: whether a model is one is only a tag. */
export async function versionLocations(
  { read }: Db<RegistrySchema>,
  after: number,
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
