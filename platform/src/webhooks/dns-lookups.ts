import type { LookupAddress } from 'node:dns'
import { messageOf } from '../errors.js'
import { Semaphore } from '../processes/semaphore.js'

/** Resolves a host name like `dns.lookup` with `all`. Tests pass their own function. */
export type Resolve = (host: string) => Promise<LookupAddress[]>

const TIMEOUT_MS = 5000
const MAX_KNOWN = 10_000

/** The error for a host without an address, or whose lookup failed or timed out. A later lookup may succeed. */
export class UnresolvedHostError extends Error {}

/**
 * Looks up the hosts of webhook URLs, without concurrent lookups of the same name. A lookup occupies one of the four libuv
 * threads, which file reads use too, while the system's resolver waits. So lookups are queued, separately for names that
 * resolved in time before, for names that did not, and for unknown names, so that none of these waits for the slow name
 * server of another.
 */
export class DnsLookups {
  readonly #resolve: Resolve
  readonly #timeoutMs: number
  readonly #queues = { inTime: new Semaphore(1), late: new Semaphore(1), unknown: new Semaphore(1) }
  readonly #known = new Map<string, 'inTime' | 'late'>()
  readonly #pending = new Map<string, Promise<LookupAddress[]>>()
  readonly #waiting = new Map<string, number>()

  constructor(resolve: Resolve, timeoutMs = TIMEOUT_MS) {
    this.#resolve = resolve
    this.#timeoutMs = timeoutMs
  }

  /** Looks up a host. @throws `UnresolvedHostError` for a name without an address, or not resolved in time */
  async addressesOf(host: string): Promise<LookupAddress[]> {
    this.#countWaiting(host, 1)
    try {
      const addresses = await this.#withTimeout(this.#pending.get(host) ?? this.#enqueue(host))
      if (addresses.length === 0) throw new UnresolvedHostError('it has no address')
      return addresses
    } finally {
      this.#countWaiting(host, -1)
    }
  }

  #countWaiting(host: string, change: 1 | -1) {
    const waiting = (this.#waiting.get(host) ?? 0) + change
    if (waiting > 0) this.#waiting.set(host, waiting)
    else this.#waiting.delete(host)
  }

  #enqueue(host: string): Promise<LookupAddress[]> {
    const queue = this.#queues[this.#known.get(host) ?? 'unknown']
    const lookup = queue
      .run(async () => {
        if (!this.#waiting.has(host)) throw this.#timeoutError()
        return this.#lookUp(host)
      })
      .finally(() => this.#pending.delete(host))
    this.#pending.set(host, lookup)
    return lookup
  }

  async #lookUp(host: string): Promise<LookupAddress[]> {
    let known: 'inTime' | 'late' = 'inTime'
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

  #remember(host: string, speed: 'inTime' | 'late') {
    this.#known.delete(host) // keeps the least recently used name first
    this.#known.set(host, speed)
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!)
  }

  async #withTimeout<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#timeoutError()), this.#timeoutMs)
    })
    return Promise.race([work, late]).finally(() => clearTimeout(timer))
  }

  #timeoutError = () => new UnresolvedHostError(`timed out after ${this.#timeoutMs / 1000} seconds`)
}
