import { ApiError } from '../errors.js'
import type { Engine } from './db.js'

/** The time for which a failure counts, because small writes may succeed on a full disk. */
const REMEMBERED_MS = 10_000

const failures = new WeakMap<Engine, number>()

/** Records that a write failed because the disk of the database is full. */
export function noteFullDisk(engine: Engine, error: unknown): void {
  if (error instanceof ApiError && error.code === 'INSUFFICIENT_STORAGE')
    failures.set(engine, performance.now())
}

/** @throws INSUFFICIENT_STORAGE if a write failed in the last seconds because the disk of the database is full */
export function requireSpace({ engine }: { readonly engine: Engine }, now = performance.now()): void {
  const failed = failures.get(engine)
  if (failed !== undefined && now - failed < REMEMBERED_MS)
    throw new ApiError(
      'INSUFFICIENT_STORAGE',
      'The disk of the database is full: writes fail. Free some space.',
    )
}
