import { createHash } from 'node:crypto'
import type { Db } from '../db/db.js'
import type { AuthSchema } from './schema.js'

/** The time after which an attempt no longer counts. */
export const FORGET_MS = 15 * 60_000
const MAX_ENTRIES = 10_000
const MAX_ROWS = 100_000
const PURGE_EVERY_MS = 60_000

export interface Attempts {
  readonly count: number
  /** Milliseconds since the epoch. */
  readonly last: number
}

/** Counts attempts by key. */
export interface AttemptCounts {
  /**
   * Counts one attempt more for each key, unless `check` throws.
   *
   * @param check gets the attempts so far in the order of the keys. Concurrent calls with the same last key wait for each other
   */
  add(keys: readonly string[], check: (known: readonly (Attempts | undefined)[]) => void): Promise<void>
  /** Removes all attempts of the key `all`, and one attempt of each key in `one`. */
  remove(all: string, one: readonly string[]): Promise<void>
}

/** Counts in the memory of the only process that uses a database. */
export class AttemptsInMemory implements AttemptCounts {
  readonly #now: () => number
  readonly #attempts = new Map<string, Attempts>()

  constructor(now: () => number) {
    this.#now = now
  }

  async add(keys: readonly string[], check: (known: readonly (Attempts | undefined)[]) => void) {
    check(keys.map((key) => this.#attempts.get(key)))
    for (const key of keys) this.#count(key)
  }

  async remove(all: string, one: readonly string[]) {
    this.#attempts.delete(all)
    for (const key of one) {
      const known = this.#attempts.get(key)
      if (!known) continue
      if (known.count > 1) this.#attempts.set(key, { ...known, count: known.count - 1 })
      else this.#attempts.delete(key)
    }
  }

  #count(key: string) {
    const now = this.#now()
    const known = this.#attempts.get(key)
    const count = known && now - known.last < FORGET_MS ? known.count + 1 : 1
    this.#attempts.delete(key) // the entry moves to the end: the oldest is dropped first
    this.#attempts.set(key, { count, last: now })
    const [oldest] = this.#attempts.keys()
    if (this.#attempts.size > MAX_ENTRIES) this.#attempts.delete(oldest!)
  }
}

/** Counts for all processes in their database. */
export class AttemptsInDatabase implements AttemptCounts {
  readonly #db: Db<AuthSchema>
  readonly #now: () => number
  #purgedAt = Number.NEGATIVE_INFINITY

  constructor(db: Db<AuthSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  async add(keys: readonly string[], check: (known: readonly (Attempts | undefined)[]) => void) {
    const now = this.#now()
    const hashes = keys.map(hashOf)
    await this.#db.transaction(async (tx) => {
      await this.#db.dialect.lock(`sign-in ${hashes.at(-1)}`)?.execute(tx)
      const rows = await tx.selectFrom('sign_in_attempts').selectAll().where('key', 'in', hashes).execute()
      check(hashes.map((hash) => rows.find(({ key }) => key === hash)))
      // In one order, so that concurrent transactions do not wait for each other in a circle.
      await tx
        .insertInto('sign_in_attempts')
        .values(hashes.toSorted().map((key) => ({ key, count: 1, last: now })))
        .onConflict((on) =>
          on.column('key').doUpdateSet((eb) => ({
            count: eb
              .case()
              .when('sign_in_attempts.last', '>', now - FORGET_MS)
              .then(eb('sign_in_attempts.count', '+', 1))
              .else(1)
              .end(),
            last: now,
          })),
        )
        .execute()
    })
    this.#purge(now)
  }

  async remove(all: string, one: readonly string[]) {
    const shared = one.map(hashOf).toSorted()
    await this.#db.transaction(async (tx) => {
      await tx.deleteFrom('sign_in_attempts').where('key', '=', hashOf(all)).execute()
      for (const key of shared)
        await tx
          .updateTable('sign_in_attempts')
          .set((eb) => ({ count: eb('count', '-', 1) }))
          .where('key', '=', key)
          .where('count', '>', 0)
          .execute()
    })
  }

  /** Deletes attempts that no longer count, and the oldest of too many, once a minute. The attempt does not wait for it. */
  #purge(now: number) {
    if (now - this.#purgedAt < PURGE_EVERY_MS && now >= this.#purgedAt) return
    this.#purgedAt = now
    this.#db
      .transaction(async (tx) => {
        await tx
          .deleteFrom('sign_in_attempts')
          .where('last', '<=', now - FORGET_MS)
          .execute()
        const newest = tx.selectFrom('sign_in_attempts').select('key').orderBy('last', 'desc').limit(MAX_ROWS)
        const { rows } = await tx
          .selectFrom('sign_in_attempts')
          .select((eb) => eb.fn.countAll<number>().as('rows'))
          .executeTakeFirstOrThrow()
        if (Number(rows) > MAX_ROWS)
          await tx.deleteFrom('sign_in_attempts').where('key', 'not in', newest).execute()
      })
      .catch(() => undefined) // the next attempt tries again
  }
}

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 32)
