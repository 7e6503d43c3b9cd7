import type { ApiError } from '../errors.js'
import type { Db, Transaction } from './db.js'

/** Runs a transaction that stores a unique name. @throws the error of `taken` if the name exists already */
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
