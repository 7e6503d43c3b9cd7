import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Statement } from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { ApiError } from '../errors.js'
import { databaseFull, hasCode } from './dialect.js'

// biome-ignore lint/suspicious/noExplicitAny: one writer serves every service's schema
type Work = (tx: Kysely<any>) => Promise<unknown>
interface PendingWrite {
  readonly work: Work
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}
type Outcome = { readonly value: unknown } | { readonly error: unknown }

const MAX_GROUP = 256
const BUSY_TIMEOUT_MS = 10_000
const GATHER_MS = 10

/**
 * Commits groups of writes on SQLite's single writer: writes that arrive during a commit form the next group. Each write of a
 * group has its own savepoint, so a failure rolls back only that write. Writes resolve after the group's commit is durable.
 */
export class GroupCommit {
  readonly #statements: Record<'begin' | 'commit' | 'rollback' | 'save' | 'undo' | 'release', Statement>
  // biome-ignore lint/suspicious/noExplicitAny: one writer serves every service's schema
  readonly #tx: Kysely<any>
  readonly #waiting: PendingWrite[] = []
  readonly #afterCommit: () => void
  #running: Promise<void> | undefined

  // biome-ignore lint/suspicious/noExplicitAny: as above
  constructor(handle: Database, tx: Kysely<any>, afterCommit: () => void) {
    this.#tx = tx
    this.#afterCommit = afterCommit
    this.#statements = {
      begin: handle.prepare('begin immediate'),
      commit: handle.prepare('commit'),
      rollback: handle.prepare('rollback'),
      save: handle.prepare('savepoint one'),
      undo: handle.prepare('rollback to one'),
      release: handle.prepare('release one'),
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  submit<T>(work: (tx: Kysely<any>) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as PendingWrite['resolve'], reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when the queue is empty. */
  async drain(): Promise<void> {
    while (this.#running) await this.#running
  }

  async #run() {
    while (this.#waiting.length > 0) {
      await this.#gather()
      const group = this.#waiting.splice(0, MAX_GROUP)
      try {
        await this.#begin()
        const outcomes = await this.#apply(group)
        this.#statements.commit.run()
        for (const [i, write] of group.entries()) settle(write, outcomes[i]!)
      } catch (error) {
        this.#abandon()
        const failure = describe(error)
        for (const write of group) write.reject(failure)
      }
      await new Promise(setImmediate) // their responses are sent first
      this.#afterCommit()
    }
    this.#running = undefined // in the same turn as the last check of the queue, so that no write is stuck
  }

  /**
   * Lets requests that have arrived join the group. The event loop accepts only one new connection in each turn, so clients
   * that connect at once would otherwise wait for one commit each.
   */
  async #gather() {
    const deadline = performance.now() + GATHER_MS
    let before: number
    do {
      before = this.#waiting.length
      await new Promise(setImmediate)
    } while (this.#waiting.length > before && performance.now() < deadline)
  }

  /** Waits for another process's write lock without blocking the event loop. */
  async #begin() {
    for (const deadline = performance.now() + BUSY_TIMEOUT_MS; ; ) {
      try {
        this.#statements.begin.run()
        return
      } catch (error) {
        if (!hasCode(error, 'SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT') || performance.now() > deadline)
          throw error
        await sleep(5)
      }
    }
  }

  async #apply(group: readonly PendingWrite[]): Promise<Outcome[]> {
    if (group.length === 1) return [{ value: await group[0]!.work(this.#tx) }] // its failure rolls back the whole transaction
    const outcomes: Outcome[] = []
    for (const { work } of group) {
      this.#statements.save.run()
      try {
        outcomes.push({ value: await work(this.#tx) })
      } catch (error) {
        if (isStorageFailure(error)) throw error
        this.#statements.undo.run()
        outcomes.push({ error })
      }
      this.#statements.release.run()
    }
    return outcomes
  }

  #abandon() {
    try {
      this.#statements.rollback.run()
    } catch {
      // SQLite rolled back itself, e.g. when the disk was full
    }
  }
}

function settle(write: PendingWrite, outcome: Outcome) {
  if ('error' in outcome) write.reject(outcome.error)
  else write.resolve(outcome.value)
}

const isStorageFailure = (error: unknown) =>
  error instanceof Error &&
  'code' in error &&
  /^SQLITE_(FULL|IOERR|CORRUPT|NOTADB|READONLY|BUSY)/.test(String(error.code))

function describe(error: unknown): unknown {
  if (hasCode(error, 'SQLITE_FULL')) return databaseFull(error)
  if (isStorageFailure(error))
    return new ApiError(
      'TEMPORARILY_UNAVAILABLE',
      'The database cannot be written at the moment. Nothing was written; try again.',
      { cause: error },
    )
  return error
}
