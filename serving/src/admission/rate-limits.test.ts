import type { Principal } from '@cairn/platform/auth/principal'
import type { AiGateway, RateLimit } from '@cairn/platform/protocol/databricks/serving-settings'
import { describe, expect, test } from 'vitest'
import { type RateLimits, rateLimitsOf } from './rate-limits.js'

const user = (name: string): Principal => ({ id: `id-${name}`, type: 'user', name })
const ann = user('ann')
const bob = user('bob')
const renewal_period = 'minute' as const

function limitsOf(gateway: NonNullable<AiGateway['rate_limits']>, own: RateLimit[] = []): RateLimits {
  const row = { rate_limits: JSON.stringify(own), ai_gateway: JSON.stringify({ rate_limits: gateway }) }
  return rateLimitsOf(row)!
}
/** How many of the next calls are allowed. */
function allowed(limits: RateLimits, principal: Principal, groups: readonly string[] = [], now = 0): number {
  for (let calls = 0; ; calls++)
    if (!limits.take(principal, new Set(groups), now)?.allowed || calls === 1000) return calls
}

test('an endpoint without limits has none', () => {
  expect(
    rateLimitsOf({ rate_limits: null, ai_gateway: '{"usage_tracking_config":{"enabled":true}}' }),
  ).toBeUndefined()
})

test('a window opens with its first call and renews after a minute', () => {
  const limits = limitsOf([{ calls: 2, renewal_period }])
  const take = (now: number) => limits.take(ann, new Set(), now)
  expect(take(1_000)).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 60 })
  expect(take(2_000)).toEqual({ allowed: true, limit: 2, remaining: 0, resetSeconds: 59 })
  expect(take(30_500)).toEqual({ allowed: false, limit: 2, remaining: 0, resetSeconds: 31 })
  expect(take(60_999)).toEqual({ allowed: false, limit: 2, remaining: 0, resetSeconds: 1 })
  expect(take(61_000)).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 60 })
})

test('0 calls refuse all', () => {
  expect(allowed(limitsOf([{ calls: 0, renewal_period }]), ann)).toBe(0)
})

test('limits of the older list and of the gateway both apply', () => {
  expect(allowed(limitsOf([{ calls: 5, renewal_period }], [{ calls: 3, renewal_period }]), ann)).toBe(3)
  expect(
    allowed(limitsOf([{ calls: 5, renewal_period }], [{ calls: 7, renewal_period, key: 'user' }]), ann),
  ).toBe(5)
})

test('each user has a separate limit, and all share that of the endpoint', () => {
  const limits = limitsOf([
    { calls: 2, key: 'user', renewal_period },
    { calls: 3, key: 'endpoint', renewal_period },
  ])
  expect(allowed(limits, ann)).toBe(2)
  expect(allowed(limits, bob)).toBe(1)
})

test('a refused call is not counted anywhere', () => {
  const limits = limitsOf([
    { calls: 1, key: 'user', renewal_period },
    { calls: 2, key: 'endpoint', renewal_period },
  ])
  expect(allowed(limits, ann)).toBe(1)
  for (let n = 0; n < 5; n++) limits.take(ann, new Set(), 0)
  expect(allowed(limits, bob)).toBe(1)
})

describe('the most specific limit applies', () => {
  const limits = () =>
    limitsOf([
      { calls: 1, key: 'user', renewal_period },
      { calls: 4, key: 'user', principal: 'ann', renewal_period },
      { calls: 3, key: 'service_principal', principal: 'web', renewal_period },
      { calls: 2, key: 'user_group', principal: 'analysts', renewal_period },
    ])

  test('the limit of a principal precedes those of its groups', () => {
    expect(allowed(limits(), ann, ['analysts'])).toBe(4)
    expect(allowed(limits(), { id: 'w', type: 'service_principal', name: 'web' }, ['analysts'])).toBe(3)
  })

  test('the limit of a group, which its members share, precedes that of each user', () => {
    const shared = limits()
    expect(allowed(shared, bob, ['analysts'])).toBe(2)
    expect(allowed(shared, user('eve'), ['analysts'])).toBe(0)
    expect(allowed(shared, user('kim'))).toBe(1)
  })

  test('members of several groups may use the limits of all', () => {
    const limits = limitsOf([
      { calls: 2, key: 'user_group', principal: 'a', renewal_period },
      { calls: 3, key: 'user_group', principal: 'b', renewal_period },
    ])
    expect(allowed(limits, bob, ['a', 'b'])).toBe(5)
  })

  test('groups are read only for principals without their own limit', () => {
    expect(limits().needsGroups(ann)).toBe(false)
    expect(limits().needsGroups(bob)).toBe(true)
    expect(limitsOf([{ calls: 1, renewal_period }]).needsGroups(bob)).toBe(false)
  })
})
