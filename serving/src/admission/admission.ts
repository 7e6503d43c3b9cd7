import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Principal } from '@cairn/platform/auth/principal'
import { ApiError } from '@cairn/platform/errors'
import type { FastifyReply } from 'fastify'
import type { RateLimits, RateState } from './rate-limits.js'

interface LimitedEndpoint {
  readonly row: { readonly name: string }
  readonly rateLimits: RateLimits | undefined
}

const NO_GROUPS: ReadonlySet<string> = new Set()

/** Enforces the rate limits of endpoints in memory: each process counts its own queries. */
export class Admission {
  readonly #authorizer: Pick<Authorizer, 'idsAndNames'>
  readonly #now: () => number

  /** @param now milliseconds on a monotonic clock */
  constructor(authorizer: Pick<Authorizer, 'idsAndNames'>, now: () => number = () => performance.now()) {
    this.#authorizer = authorizer
    this.#now = now
  }

  /** Counts the query, and sets headers about the limit of the caller. @throws REQUEST_LIMIT_EXCEEDED */
  async admit(
    { row, rateLimits }: LimitedEndpoint,
    principal: Principal,
    reply: FastifyReply,
  ): Promise<void> {
    if (!rateLimits) return
    const groups = rateLimits.needsGroups(principal)
      ? await this.#authorizer.idsAndNames(principal)
      : NO_GROUPS
    const state = rateLimits.take(principal, groups, this.#now())
    if (!state) return
    void reply.headers(headersOf(state))
    if (!state.allowed)
      throw new ApiError(
        'REQUEST_LIMIT_EXCEEDED',
        `Endpoint '${row.name}' takes ${state.limit} queries a minute. Try again in ${state.resetSeconds} s.`,
      )
  }
}

const headersOf = ({ allowed, limit, remaining, resetSeconds }: RateState) => ({
  'x-ratelimit-limit': limit,
  'x-ratelimit-remaining': remaining,
  'x-ratelimit-reset': resetSeconds,
  ...(!allowed && { 'retry-after': resetSeconds }),
})
