import type { Transaction } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import { ApiError } from '@cairn/platform/errors'
import type { CatalogSchema } from '../schema.js'

type Tx = Transaction<CatalogSchema>

/** Locks a catalog or schema until commit, so that nothing is created in it while it is deleted. */
export const lockContainer = async (tx: Tx, dialect: Dialect, id: string) => {
  await dialect.lock(`container:${id}`)?.execute(tx)
}

/** Locks a schema before something is created in it. @throws SCHEMA_NOT_FOUND */
export async function lockSchema(tx: Tx, dialect: Dialect, schemaId: string): Promise<void> {
  await lockContainer(tx, dialect, schemaId)
  const schema = await tx
    .selectFrom('schemas')
    .select('name')
    .where('schema_id', '=', schemaId)
    .executeTakeFirst()
  if (!schema) throw new ApiError('SCHEMA_NOT_FOUND', 'The schema was deleted meanwhile.')
}
