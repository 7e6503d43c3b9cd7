import type { LookupAddress } from 'node:dns'
import { messageOf } from '@cairn/platform/errors'
import { Semaphore } from './semaphore.js'

export type Resolve = (host: string) => Promise<LookupAddress[]>

const TIMEOUT_MS = 5000
const MOST_REMEMBERED = 10_000

/** A name that cannot be looked up now, but perhaps later. */
export class UnresolvedHostError extends Error {}

/**
 * Looks up names, each of them once at a time. A lookup holds one of the four threads that files are read with too, for as
 * long as the system's resolver waits, so they go one by one: names that answered the last time apart from those that did
 * not, and both apart from names that nobody knows yet, so that none of these waits for another's name server.
 */
export class DnsLookups {
  readonly #resolve: Resolve
  readonly #timeoutMs: number
  readonly #queues = { answered: new Semaphore(1), late: new Semaphore(1), unknown: new Semaphore(1) }
  readonly #known = new Map<string, 'answered' | 'late'>()
  readonly #underWay = new Map<string, Promise<LookupAddress[]>>()
  readonly #waiting = new Map<string, number>()

  constructor(resolve: Resolve, timeoutMs = TIMEOUT_MS) {
    this.#resolve = resolve
    this.#timeoutMs = timeoutMs
  }

  /** @throws `UnresolvedHostError` for a name without an address, or without an answer in time */
  async addressesOf(host: string): Promise<LookupAddress[]> {
    this.#wait(host, 1)
    try {
      const addresses = await this.#inTime(this.#underWay.get(host) ?? this.#begin(host))
      if (addresses.length === 0) throw new UnresolvedHostError('it has no address')
      return addresses
    } finally {
      this.#wait(host, -1)
    }
  }

  #wait(host: string, more: 1 | -1) {
    const waiting = (this.#waiting.get(host) ?? 0) + more
    if (waiting > 0) this.#waiting.set(host, waiting)
    else this.#waiting.delete(host)
  }

  #begin(host: string): Promise<LookupAddress[]> {
    const queue = this.#queues[this.#known.get(host) ?? 'unknown']
    const lookup = queue
      .run(async () => {
        if (!this.#waiting.has(host)) throw this.#tooLate()
        return this.#ask(host)
      })
      .finally(() => this.#underWay.delete(host))
    this.#underWay.set(host, lookup)
    return lookup
  }

  async #ask(host: string): Promise<LookupAddress[]> {
    let known: 'answered' | 'late' = 'answered'
    const timer = setTimeout(() => {
      known = 'late'
      this.#remember(host, known)
    }, this.#timeoutMs)
    try {
      return await this.#resolve(host)
    } catch (cause) {
      throw new UnresolvedHostError(messageOf(cause), { cause })
    } finally {
      clearTimeout(timer)
      this.#remember(host, known)
    }
  }

  #remember(host: string, how: 'answered' | 'late') {
    this.#known.delete(host) // so that the one that was asked for the longest ago comes first
    this.#known.set(host, how)
    if (this.#known.size > MOST_REMEMBERED) this.#known.delete(this.#known.keys().next().value!)
  }

  async #inTime<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#tooLate()), this.#timeoutMs)
    })
    return Promise.race([work, late]).finally(() => clearTimeout(timer))
  }

  #tooLate = () => new UnresolvedHostError(`timed out after ${this.#timeoutMs / 1000} seconds`)
}
