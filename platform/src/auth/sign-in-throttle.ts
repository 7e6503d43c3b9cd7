import { ApiError } from '../errors.js'
import { clientNetwork } from './client-network.js'
import { type AttemptCounts, type Attempts, AttemptsInMemory, FORGET_MS } from './sign-in-attempts.js'

/** The numbers of attempts without a delay: from one network for one name, and from one network for all names. */
const FREE_PER_NAME = 5
const FREE_PER_NETWORK = 50
/** The number of attempts for a name from all networks after which the second one of each network waits half a minute. */
const GUESSED_FROM = 100
const FREE_IF_GUESSED = -4
const MAX_DELAY_MS = 5 * 60_000

/**
 * Slows down guessing of passwords: after some failed attempts each further one waits twice as long. An attempt counts before
 * its password is verified, so that concurrent attempts count as well. Only its own attempts make a network wait, and its
 * first attempt never waits, so that nobody can lock out a person who signs in from elsewhere.
 */
export class SignInThrottle {
  readonly #now: () => number
  readonly #counts: AttemptCounts

  constructor(now: () => number, counts: AttemptCounts = new AttemptsInMemory(now)) {
    this.#now = now
    this.#counts = counts
  }

  /** Counts an attempt. @throws RESOURCE_EXHAUSTED with the seconds to wait; such an attempt does not count */
  begin(name: string, address: string): Promise<void> {
    const network = clientNetwork(address)
    return this.#counts.add(
      [everywhereKey(name), nameKey(name, network), network],
      ([all, own, ofNetwork]) => {
        const free = this.#isGuessed(all) ? FREE_IF_GUESSED : FREE_PER_NAME
        const waitMs = Math.max(this.#waitMs(own, free), this.#waitMs(ofNetwork, FREE_PER_NETWORK))
        if (waitMs > 0) throw tooManyAttempts(Math.ceil(waitMs / 1000))
      },
    )
  }

  succeeded(name: string, address: string): Promise<void> {
    const network = clientNetwork(address)
    return this.#counts.remove(nameKey(name, network), [network, everywhereKey(name)])
  }

  #isGuessed(attempts: Attempts | undefined): boolean {
    return attempts !== undefined && attempts.count >= GUESSED_FROM && this.#now() - attempts.last < FORGET_MS
  }

  #waitMs(attempts: Attempts | undefined, free: number): number {
    if (!attempts || attempts.count < free) return 0
    const since = this.#now() - attempts.last
    if (since < 0 || since >= FORGET_MS) return 0
    return Math.max(0, Math.min(MAX_DELAY_MS, 1000 * 2 ** (attempts.count - free)) - since)
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
