import { removeSecurable } from '@cairn/platform/auth/securables'
import type { Transaction } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import type { CatalogSchema } from '../schema.js'
import { tableKey, volumeKey } from './blob-keys.js'
import { lockContainer } from './container-lock.js'

type Tx = Transaction<CatalogSchema>

export async function isEmptySchema(tx: Tx, schemaId: string): Promise<boolean> {
  const table = await tx
    .selectFrom('tables')
    .select('name')
    .where('schema_id', '=', schemaId)
    .executeTakeFirst()
  const volume = await tx
    .selectFrom('volumes')
    .select('name')
    .where('schema_id', '=', schemaId)
    .executeTakeFirst()
  return !table && !volume
}

/** Deletes a schema with its contents and grants, alone or with its catalog. @returns the blob keys to delete */
export async function removeSchema(tx: Tx, dialect: Dialect, schemaId: string): Promise<string[]> {
  await lockContainer(tx, dialect, schemaId)
  const tables = await tx
    .deleteFrom('tables')
    .where('schema_id', '=', schemaId)
    .returning(['table_id', 'table_type'])
    .execute()
  const volumes = await tx
    .deleteFrom('volumes')
    .where('schema_id', '=', schemaId)
    .returning(['volume_id', 'volume_type'])
    .execute()
  const staged = await tx
    .deleteFrom('staging_tables')
    .where('schema_id', '=', schemaId)
    .returning('id')
    .execute()
  await tx.deleteFrom('schemas').where('schema_id', '=', schemaId).execute()
  await removeSecurable(tx, 'schema', schemaId)
  return [
    ...tables.filter((table) => table.table_type === 'MANAGED').map((table) => tableKey(table.table_id)),
    ...volumes
      .filter((volume) => volume.volume_type === 'MANAGED')
      .map((volume) => volumeKey(volume.volume_id)),
    ...staged.map(({ id }) => tableKey(id)),
  ]
}
