import type { Db } from '@cairn/platform/db/db'
import type { RegistrySchema } from '../schema.js'

/** The aliases of several models, ordered by alias. */
export const readAliases = (db: Db<RegistrySchema>, names: readonly string[]) =>
  db.read
    .selectFrom('registered_model_aliases')
    .selectAll()
    .where('name', 'in', names)
    .orderBy('alias')
    .execute()
