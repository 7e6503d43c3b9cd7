import type { Db, Transaction } from '@cairn/platform/db/db'
import type { RegistrySchema } from '../schema.js'

/** Serialises the changes of a model with its versions, tags and aliases, so that none reads rows that another is deleting. */
export const withModelLock = <T>(
  db: Db<RegistrySchema>,
  name: string,
  work: (tx: Transaction<RegistrySchema>) => Promise<T>,
): Promise<T> =>
  db.transaction(async (tx) => {
    await db.dialect.lock(`registry:${name}`)?.execute(tx)
    return work(tx)
  })
