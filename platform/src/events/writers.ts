import type { Db } from '../db/db.js'
import { hasExited, isOnThisMachine, newProcessId } from '../processes/process-id.js'
import type { EventLog } from './log.js'
import type { EventSchema } from './schema.js'

const SILENT_MS = 30_000

/**
 * The registry of processes that may have committed changes that are not in the log. A process that ends without unregistering
 * may have lost changes, so the process that detects it appends a reset. Detection is immediate on the same machine. For other
 * machines it takes 30 s without a heartbeat by the clock of the observer.
 */
export class Writers {
  readonly #db: Db<EventSchema>
  readonly #events: EventLog
  readonly #silentMs: number
  readonly #holder = newProcessId()
  readonly #seen = new Map<string, { readonly beats: number; readonly since: number }>()

  constructor(db: Db<EventSchema>, events: EventLog, silentMs = SILENT_MS) {
    this.#db = db
    this.#events = events
    this.#silentMs = silentMs
  }

  async register(): Promise<void> {
    await this.#db.transaction((tx) =>
      tx.insertInto('event_writers').values({ holder: this.#holder, beats: 0 }).execute(),
    )
  }

  async unregister(): Promise<void> {
    await this.#db.transaction((tx) =>
      tx.deleteFrom('event_writers').where('holder', '=', this.#holder).execute(),
    )
  }

  /** Sends a heartbeat if other machines may observe it, and checks the others. @returns whether a process was lost */
  async check(): Promise<boolean> {
    const rows = await this.#db.read.selectFrom('event_writers').selectAll().execute()
    const others = rows.filter(({ holder }) => holder !== this.#holder)
    const isListed = others.length < rows.length
    if (!isListed || others.some(({ holder }) => !isOnThisMachine(holder))) await this.#sendHeartbeat()
    const lost = others
      .filter((row) => hasExited(row.holder) || this.#isSilent(row))
      .map(({ holder }) => holder)
    for (const holder of this.#seen.keys())
      if (lost.includes(holder) || !others.some((row) => row.holder === holder)) this.#seen.delete(holder)
    if (lost.length === 0) return false
    return this.#events.reset(async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('event_writers')
        .where('holder', 'in', lost)
        .executeTakeFirstOrThrow()
      return numDeletedRows > 0n // otherwise another observer was first
    })
  }

  #isSilent({ holder, beats }: { holder: string; beats: number }): boolean {
    if (isOnThisMachine(holder)) return false // then hasExited decides
    const now = performance.now()
    const seen = this.#seen.get(holder)
    if (seen?.beats !== beats) this.#seen.set(holder, { beats, since: now })
    return seen?.beats === beats && now - seen.since > this.#silentMs
  }

  /** Registers again with a reset if others considered this process dead while it was only slow. */
  async #sendHeartbeat() {
    await this.#events.reset(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('event_writers')
        .set((eb) => ({ beats: eb('beats', '+', 1) }))
        .where('holder', '=', this.#holder)
        .executeTakeFirstOrThrow()
      if (numUpdatedRows > 0n) return false
      await tx.insertInto('event_writers').values({ holder: this.#holder, beats: 0 }).execute()
      return true
    })
  }
}
