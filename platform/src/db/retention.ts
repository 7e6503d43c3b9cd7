import { setImmediate } from 'node:timers/promises'
import { PollLoop } from '../processes/poll-loop.js'

/** A rule for rows, or remains of uploads, that are kept for a limited time. */
export interface RetentionRule {
  /** The name in the log, such as `audit rows`. */
  readonly name: string
  /** Days for which they are kept; 0 for no limit. */
  readonly days: number
  /**
   * Deletes at most `limit` rows that ended before a time in milliseconds since 1970, in one transaction.
   *
   * @returns how many it deleted
   */
  readonly purge: (before: number, limit: number) => Promise<number>
}

interface RetentionOptions {
  readonly now?: () => number
  readonly onError: (error: unknown, rule: RetentionRule) => void
}

const EVERY_MS = 3_600_000
const DAY_MS = 24 * EVERY_MS
/** The number of rows that a transaction deletes, which is small so that it delays no other. */
const ROWS_AT_ONCE = 500

/** Deletes expired rows by the registered rules, once an hour. Several servers may do so on one database. */
export class Retention {
  readonly #rules: RetentionRule[] = []
  readonly #options: RetentionOptions
  readonly #loop: PollLoop
  #isStopped = false

  constructor(options: RetentionOptions) {
    this.#options = options
    this.#loop = new PollLoop({
      turn: () => this.purge(),
      intervalMs: EVERY_MS,
      maxIntervalMs: EVERY_MS,
      onError: () => undefined, // each rule reports its own
      unref: true,
    })
  }

  add(...rules: readonly RetentionRule[]): void {
    this.#rules.push(...rules)
  }

  start(): void {
    this.#loop.start()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#loop.stop()
  }

  /** Applies all rules once. A rule that fails does not prevent the others. */
  async purge(): Promise<void> {
    const { now = Date.now, onError } = this.#options
    for (const rule of this.#rules)
      if (rule.days > 0)
        await this.#apply(rule, now() - rule.days * DAY_MS).catch((error: unknown) => onError(error, rule))
  }

  async #apply({ purge }: RetentionRule, before: number) {
    while (!this.#isStopped && (await purge(before, ROWS_AT_ONCE)) === ROWS_AT_ONCE) await setImmediate()
  }
}
