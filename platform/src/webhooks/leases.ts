import type { Db } from '../db/db.js'
import { hasExited } from '../processes/process-id.js'

interface LeaseSchema {
  leased: { holder: string | null; due_at: number | null }
}

/** The leases of a table of calls, which processes hold while they make them. */
export class Leases {
  readonly #db: Db<LeaseSchema>
  readonly #table: 'leased'
  readonly #now: () => number

  /** @param table a table with the columns `holder` and `due_at` */
  constructor(db: Db<unknown>, table: string, now: () => number) {
    this.#db = db.for<LeaseSchema>()
    this.#table = table as 'leased'
    this.#now = now
  }

  /** Releases the calls that a stopping process has claimed, whether it made them or not. */
  async release(holder: string): Promise<void> {
    await this.#releaseFrom([holder])
  }

  /** Releases the calls of ended processes before their leases expire. */
  async releaseDead(): Promise<void> {
    const holders = await this.#db.read
      .selectFrom(this.#table)
      .select('holder')
      .distinct()
      .where('holder', 'is not', null)
      .execute()
    const dead = holders.map(({ holder }) => holder!).filter(hasExited)
    if (dead.length > 0) await this.#releaseFrom(dead)
  }

  async #releaseFrom(holders: readonly string[]) {
    await this.#db.transaction((tx) =>
      tx
        .updateTable(this.#table)
        .set({ due_at: this.#now(), holder: null })
        .where('holder', 'in', holders)
        .execute(),
    )
  }
}
