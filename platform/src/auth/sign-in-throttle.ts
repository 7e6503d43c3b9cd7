import { ApiError } from '../errors.js'

/** Attempts without a delay: from one address for one name, and from one address for all names. */
const FREE_PER_NAME = 5
const FREE_PER_ADDRESS = 50
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
 * password is verified, so that attempts at the same time count as well.
 */
export class SignInThrottle {
  readonly #now: () => number
  readonly #attempts = new Map<string, Attempts>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Counts an attempt. @throws RESOURCE_EXHAUSTED with the seconds to wait; such an attempt does not count */
  begin(name: string, address: string): void {
    const limits = [
      [nameKey(name, address), FREE_PER_NAME],
      [address, FREE_PER_ADDRESS],
    ] as const
    const waitMs = Math.max(...limits.map(([key, free]) => this.#waitMs(key, free)))
    if (waitMs > 0) throw tooManyAttempts(Math.ceil(waitMs / 1000))
    for (const [key] of limits) this.#count(key)
  }

  succeeded(name: string, address: string): void {
    this.#attempts.delete(nameKey(name, address))
    const ofAddress = this.#attempts.get(address)
    if (ofAddress && --ofAddress.count <= 0) this.#attempts.delete(address)
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

const nameKey = (name: string, address: string) => `${address} ${name}`

const tooManyAttempts = (seconds: number) =>
  new ApiError(
    'RESOURCE_EXHAUSTED',
    `Too many failed attempts to sign in. Try again in ${seconds} second${seconds === 1 ? '' : 's'}.`,
    { details: { retry_after_seconds: seconds } },
  )
