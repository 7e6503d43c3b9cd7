import { ApiError } from '../errors.js'
import { clientNetwork } from './client-network.js'

/** Attempts without a delay: from one network for one name, and from one network for all names. */
const FREE_PER_NAME = 5
const FREE_PER_NETWORK = 50
/** After so many attempts for a name from all networks, each network's second one for it waits half a minute already. */
const GUESSED_FROM = 100
const FREE_IF_GUESSED = -4
const MAX_DELAY_MS = 5 * 60_000
/** Attempts this long ago no longer count. */
const FORGET_MS = 15 * 60_000
const MAX_ENTRIES = 10_000

interface Attempts {
  count: number
  last: number
}

/**
 * Slows down guessing of passwords: after some failed attempts each further one waits twice as long. An attempt counts before its
 * password is verified, so that attempts at the same time count as well. How long a network waits follows from its own attempts only,
 * and the first one never waits, so that nobody can lock out a person who signs in from elsewhere.
 */
export class SignInThrottle {
  readonly #now: () => number
  readonly #attempts = new Map<string, Attempts>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Counts an attempt. @throws RESOURCE_EXHAUSTED with the seconds to wait; such an attempt does not count */
  begin(name: string, address: string): void {
    const network = clientNetwork(address)
    const free = this.#isGuessed(name) ? FREE_IF_GUESSED : FREE_PER_NAME
    const waitMs = Math.max(
      this.#waitMs(nameKey(name, network), free),
      this.#waitMs(network, FREE_PER_NETWORK),
    )
    if (waitMs > 0) throw tooManyAttempts(Math.ceil(waitMs / 1000))
    for (const key of [nameKey(name, network), network, everywhereKey(name)]) this.#count(key)
  }

  succeeded(name: string, address: string): void {
    const network = clientNetwork(address)
    this.#attempts.delete(nameKey(name, network))
    for (const key of [network, everywhereKey(name)]) {
      const attempts = this.#attempts.get(key)
      if (attempts && --attempts.count <= 0) this.#attempts.delete(key)
    }
  }

  #isGuessed(name: string): boolean {
    const attempts = this.#attempts.get(everywhereKey(name))
    return attempts !== undefined && attempts.count >= GUESSED_FROM && this.#now() - attempts.last < FORGET_MS
  }

  #waitMs(key: string, free: number): number {
    const attempts = this.#attempts.get(key)
    if (!attempts || attempts.count < free) return 0
    const since = this.#now() - attempts.last
    if (since < 0 || since >= FORGET_MS) return 0
    return Math.max(0, Math.min(MAX_DELAY_MS, 1000 * 2 ** (attempts.count - free)) - since)
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

const nameKey = (name: string, network: string) => `${network} ${name}`
const everywhereKey = (name: string) => `everywhere ${name}`

const tooManyAttempts = (seconds: number) =>
  new ApiError(
    'RESOURCE_EXHAUSTED',
    `Too many failed attempts to sign in. Try again in ${seconds} second${seconds === 1 ? '' : 's'}.`,
    { details: { retry_after_seconds: seconds } },
  )
