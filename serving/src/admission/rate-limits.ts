import type { Principal } from '@cairn/platform/auth/principal'
import { RateWindow } from '@cairn/platform/http/rate-window'
import type {
  AiGateway,
  AiGatewayRateLimit,
  RateLimit,
} from '@cairn/platform/protocol/databricks/serving-settings'
import type { EndpointRow } from '../schema.js'

/** The state of the limit that is closest to exhaustion, for the caller. */
export interface RateState {
  readonly allowed: boolean
  /** Calls a minute. */
  readonly limit: number
  readonly remaining: number
  readonly resetSeconds: number
}

type Limit = AiGatewayRateLimit | RateLimit

/** One of the windows must have calls left. */
type Requirement = readonly RateWindow[]

const MAX_USERS = 10_000

/** The limits of an endpoint; undefined if it has none. Unchanged limits keep the counts of `previous`. */
export function rateLimitsOf(
  { rate_limits, ai_gateway }: Pick<EndpointRow, 'rate_limits' | 'ai_gateway'>,
  previous?: RateLimits,
): RateLimits | undefined {
  const own = (rate_limits ? JSON.parse(rate_limits) : []) as RateLimit[]
  const gateway = (ai_gateway ? JSON.parse(ai_gateway) : {}) as AiGateway
  const limits = [...own, ...(gateway.rate_limits ?? [])]
  if (limits.length === 0) return undefined
  return previous?.source === JSON.stringify(limits) ? previous : new RateLimits(limits)
}

/**
 * The rate limits of one endpoint, with the calls to this process in the current minute. As on Databricks, the limit of the
 * endpoint and the most specific other one apply: that of the principal, else of its groups together, else of each user.
 */
export class RateLimits {
  /** JSON of the limits. */
  readonly source: string
  readonly #endpoint: readonly RateWindow[]
  readonly #byPrincipal: ReadonlyMap<string, readonly RateWindow[]>
  readonly #byGroup: ReadonlyMap<string, RateWindow>
  readonly #eachUser: readonly number[]
  readonly #users = new Map<string, readonly RateWindow[]>()

  constructor(limits: readonly Limit[]) {
    this.source = JSON.stringify(limits)
    const named = (keys: readonly string[]) =>
      limits.flatMap((limit) => {
        const principal = principalOf(limit)
        return principal && keys.includes(keyOf(limit))
          ? [[principal, new RateWindow(limit.calls)] as const]
          : []
      })
    this.#endpoint = limits
      .filter((limit) => keyOf(limit) === 'endpoint')
      .map(({ calls }) => new RateWindow(calls))
    this.#byPrincipal = new Map(
      named(['user', 'service_principal']).map(([name, window]) => [name, [window]]),
    )
    this.#byGroup = new Map(named(['user_group']))
    this.#eachUser = limits
      .filter((limit) => keyOf(limit) === 'user' && !principalOf(limit))
      .map(({ calls }) => calls)
  }

  /** Returns whether `take` needs the groups of the principal. */
  needsGroups(principal: Principal): boolean {
    return this.#byGroup.size > 0 && !this.#own(principal)
  }

  /**
   * Counts a call, unless a limit is exhausted.
   *
   * @param groups ids and names of the principal's groups, if `needsGroups`
   * @param now milliseconds on a monotonic clock
   * @returns undefined if no limit is for the principal
   */
  take(principal: Principal, groups: ReadonlySet<string>, now: number): RateState | undefined {
    const requirements = this.#requirements(principal, groups, now)
    const taken = requirements.map((windows) => windows.find((window) => window.hasRoom(now)))
    const refused = requirements[taken.indexOf(undefined)]
    if (refused) return stateOf(soonest(refused), now, false)
    for (const window of taken) window!.count()
    const [scarcest] = taken.toSorted((a, b) => a!.remaining - b!.remaining)
    return scarcest && stateOf(scarcest, now, true)
  }

  #requirements(principal: Principal, groups: ReadonlySet<string>, now: number): Requirement[] {
    const endpoint = this.#endpoint.map((window) => [window])
    const own = this.#own(principal)
    if (own) return [...endpoint, ...own.map((window) => [window])]
    const shared = [...this.#byGroup].flatMap(([name, window]) => (groups.has(name) ? [window] : []))
    if (shared.length > 0) return [...endpoint, shared]
    return [...endpoint, ...this.#windowsOfUser(principal.id, now).map((window) => [window])]
  }

  #own({ id, name }: Principal): readonly RateWindow[] | undefined {
    return this.#byPrincipal.get(name) ?? this.#byPrincipal.get(id)
  }

  #windowsOfUser(id: string, now: number): readonly RateWindow[] {
    if (this.#eachUser.length === 0) return []
    const present = this.#users.get(id)
    if (present) return present
    if (this.#users.size >= MAX_USERS) this.#forgetIdle(now)
    const windows = this.#eachUser.map((calls) => new RateWindow(calls))
    this.#users.set(id, windows)
    return windows
  }

  #forgetIdle(now: number) {
    for (const [id, windows] of this.#users)
      if (windows.every((window) => window.hasEnded(now))) this.#users.delete(id)
  }
}

const keyOf = ({ key = 'endpoint' }: Limit) => key
const principalOf = (limit: Limit) => ('principal' in limit ? limit.principal : undefined)

const soonest = (windows: Requirement) => windows.toSorted((a, b) => a.endsAt - b.endsAt)[0]!

const stateOf = ({ calls, remaining, endsAt }: RateWindow, now: number, allowed: boolean): RateState => ({
  allowed,
  limit: calls,
  remaining,
  resetSeconds: Math.max(1, Math.ceil((endsAt - now) / 1000)),
})
