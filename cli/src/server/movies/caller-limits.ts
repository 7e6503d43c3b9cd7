import { RateWindow } from '@cairn/platform/http/rate-window'
import type { FastifyRequest } from 'fastify'

/** Requests a minute. */
const PER_CALLER = 300
const ALL_ANONYMOUS = 3_000
/** Idle callers are forgotten above this. ALL_ANONYMOUS bounds how many addresses are not idle. */
const MAX_CALLERS = 10_000

export interface Caller {
  /** The id of the principal; the address of an anonymous caller. */
  readonly id: string
  readonly isAnonymous: boolean
}

/** An address is the one that the server believes: a proxy's own, unless `CAIRN_TRUSTED_PROXIES` names the proxy. */
export function callerOf({
  principal,
  ip,
}: Pick<FastifyRequest, 'ip'> & { principal: { id: string } | null }): Caller {
  if (principal) return { id: principal.id, isAnonymous: false }
  return { id: `address ${ip}`, isAnonymous: true }
}

/** Bounds the requests of each caller, and of all anonymous ones together. */
export class CallerLimits {
  readonly #anonymous = new RateWindow(ALL_ANONYMOUS)
  readonly #callers = new Map<string, RateWindow>()

  /**
   * Counts the request, unless a limit is reached.
   *
   * @param now milliseconds on a monotonic clock
   * @returns seconds until the caller may try again; undefined if the request is counted
   */
  take({ id, isAnonymous }: Caller, now: number): number | undefined {
    if (isAnonymous && !this.#anonymous.hasRoom(now)) return secondsUntil(this.#anonymous, now)
    const own = this.#windowOf(id, now)
    if (!own.hasRoom(now)) return secondsUntil(own, now)
    own.count()
    if (isAnonymous) this.#anonymous.count()
    return undefined
  }

  #windowOf(id: string, now: number): RateWindow {
    const present = this.#callers.get(id)
    if (present) return present
    if (this.#callers.size >= MAX_CALLERS) this.#forgetIdle(now)
    const window = new RateWindow(PER_CALLER)
    this.#callers.set(id, window)
    return window
  }

  #forgetIdle(now: number): void {
    for (const [id, window] of this.#callers) if (window.hasEnded(now)) this.#callers.delete(id)
  }
}

const secondsUntil = ({ endsAt }: RateWindow, now: number) => Math.max(1, Math.ceil((endsAt - now) / 1000))
