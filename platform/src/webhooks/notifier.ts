import { setMaxListeners } from 'node:events'
import type { FastifyBaseLogger } from 'fastify'
import { PollLoop } from '../processes/poll-loop.js'
import type { NotificationRow, Outbox } from './outbox.js'
import { outcomeOf } from './outcome.js'
import { type SendOptions, sendWebhook } from './send.js'

const POLL_MS = 1_000
/** The time after which a call no longer occupies its worker. */
const SLOW_MS = 1_000
const MAX_SLOW = 100
const DROPPED = { state: 'failed', status: undefined, error: undefined } as const
/** The time to store the outcome of a call, which is added to its timeout. */
const LEASE_MARGIN_MS = 30_000

/** Resolves the receivers of an outbox that contains no URLs. */
export interface Receivers {
  /** Returns the names of the receivers whose URL another key encrypted. */
  withOtherKey(): Promise<readonly string[]>
  /** Returns the URL of a notification; undefined if it may not be sent any more. */
  urlOf(notification: NotificationRow): Promise<string | undefined>
}

/** Returns those of `names` whose URL this process can read. A process with the other key handles the others. */
export async function readable(
  names: readonly string[],
  receivers: Pick<Receivers, 'withOtherKey'>,
): Promise<readonly string[]> {
  const unreadable = new Set(await receivers.withOtherKey())
  return names.filter((name) => !unreadable.has(name))
}

export interface NotifierParts extends SendOptions {
  readonly outbox: Outbox
  /** Adds notifications of new events. Without it others add them. */
  readonly collect?: () => Promise<void>
  /** The receivers. Without them the outbox contains URLs. */
  readonly receivers?: Receivers
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>
  /** The id of this process. */
  readonly holder: string
  /** The number of concurrent calls, without slow ones. */
  readonly maxWorkers: number
  readonly maxRetries: number
  readonly now: () => number
}

/**
 * Calls the URLs of the notifications in an outbox, at least once. Each URL has one call at a time. Those that do not respond
 * within a second have separate workers, so that they do not delay the others.
 */
export class Notifier {
  readonly #parts: NotifierParts
  readonly #calls = new Map<string, Promise<void>>()
  /** The URLs whose last call got no response or a late one. */
  readonly #unresponsive = new Set<string>()
  readonly #stopped = new AbortController()
  readonly #poll: PollLoop

  constructor(parts: NotifierParts) {
    this.#parts = parts
    setMaxListeners(0, this.#stopped.signal) // one for each call
    this.#poll = new PollLoop({
      turn: () => this.#turn(),
      intervalMs: POLL_MS,
      onError: (err) => parts.log.warn({ err }, 'notifications cannot be read at the moment'),
      unref: true,
    })
  }

  start(): void {
    this.#poll.start()
  }

  /** Reads the outbox now, because a notification was added. */
  wake(): void {
    this.#poll.wake()
  }

  /** Aborts the calls. The next process repeats them under the same id. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#poll.stop()
    await Promise.all(this.#calls.values())
    await this.#parts.outbox.leases.release(this.#parts.holder).catch((err) => {
      this.#parts.log.warn(
        { err },
        'notifications could not be released: they wait for their leases to expire',
      )
    })
  }

  async #turn() {
    const { outbox, collect, receivers } = this.#parts
    await collect?.()
    await outbox.leases.releaseDead()
    const due = await outbox.dueUrls()
    for (const url of receivers && due.length > 0 ? await readable(due, receivers) : due)
      if (this.#hasWorker(url)) this.#start(url)
  }

  #hasWorker(url: string): boolean {
    if (this.#stopped.signal.aborted || this.#calls.has(url)) return false
    const slow = [...this.#calls.keys()].filter((one) => this.#unresponsive.has(one)).length
    if (this.#unresponsive.has(url)) return slow < MAX_SLOW
    return this.#calls.size - slow < this.#parts.maxWorkers
  }

  #start(url: string) {
    const done = this.#callNext(url)
      .catch((err) => this.#parts.log.warn({ err }, 'the outcome of a notification could not be stored'))
      .finally(() => {
        this.#calls.delete(url)
        this.wake()
      })
    this.#calls.set(url, done)
  }

  async #callNext(url: string) {
    const { outbox, holder, timeoutMs } = this.#parts
    const notification = await outbox.claim(url, holder, timeoutMs + LEASE_MARGIN_MS)
    if (notification) await this.#call(notification)
    else this.#unresponsive.delete(url)
  }

  async #call(notification: NotificationRow) {
    const { outbox, holder, log, maxRetries, now } = this.#parts
    const { id, url, attempts } = notification
    const timer = setTimeout(() => this.#noteSlow(url), SLOW_MS)
    const result = await this.#send(notification)
      .catch((error: unknown) => ({ error }))
      .finally(() => clearTimeout(timer))
    if (!result) {
      log.warn({ notification: id }, 'a notification is dropped: its receiver was deleted or may not be used')
      return outbox.settle(notification, holder, DROPPED)
    }
    if ('error' in result && this.#stopped.signal.aborted) return
    if ('error' in result) this.#unresponsive.add(url)
    else this.#unresponsive.delete(url)
    const outcome = outcomeOf(result, { made: attempts + 1, maxRetries, now: now() })
    await outbox.settle(notification, holder, outcome)
    const facts = { notification: id, attempt: attempts + 1, ...outcome }
    if (outcome.state === 'failed') log.warn(facts, 'a notification failed')
    if (outcome.state === 'pending') log.info(facts, 'a notification will be repeated')
  }

  async #send(notification: NotificationRow) {
    const { receivers } = this.#parts
    const { id, body } = notification
    const url = receivers ? await receivers.urlOf(notification) : notification.url
    if (url === undefined) return undefined
    const request = { url, headers: { 'X-Cairn-Delivery-Id': id }, body }
    return sendWebhook(request, this.#parts, this.#stopped.signal)
  }

  #noteSlow(url: string) {
    this.#unresponsive.add(url)
    this.wake()
  }
}
