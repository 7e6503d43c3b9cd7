import type { Db, Transaction } from '@cairn/platform/db/db'
import type { RegistrySchema } from '../schema.js'

/** One change of a model and what it has after the other: none looks at what another one is about to take away. */
export const withModelLock = <T>(
  db: Db<RegistrySchema>,
  name: string,
  work: (tx: Transaction<RegistrySchema>) => Promise<T>,
): Promise<T> =>
  db.transaction(async (tx) => {
    await db.dialect.lock(`registry:${name}`)?.execute(tx)
    return work(tx)
  })
