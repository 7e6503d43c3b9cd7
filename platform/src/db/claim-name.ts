import type { ApiError } from '../errors.js'
import type { Db, Transaction } from './db.js'

/** A transaction that gives a name to something. @throws what `taken` makes when a unique index holds that name already */
export async function claimName<Schema, T>(
  db: Db<Schema>,
  taken: (cause: unknown) => ApiError,
  work: (tx: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  try {
    return await db.transaction(work)
  } catch (cause) {
    throw db.dialect.isUniqueViolation(cause) ? taken(cause) : cause
  }
}
