import { expect, test } from 'vitest'
import { type Caller, CallerLimits, callerOf } from './caller-limits.js'

const principal = (id: string): Caller => ({ id, isAnonymous: false })
const address = (id: string): Caller => ({ id, isAnonymous: true })

/** How many of the next requests are counted, and the seconds until more are. */
function taken(limits: CallerLimits, caller: Caller, now = 0): readonly [number, number] {
  for (let count = 0; ; count++) {
    const seconds = limits.take(caller, now)
    if (seconds !== undefined) return [count, seconds]
  }
}

test('each caller has requests of its own, which renew after a minute', () => {
  const limits = new CallerLimits()
  expect(taken(limits, principal('ann'))).toEqual([300, 60])
  expect(taken(limits, principal('bob'))).toEqual([300, 60])
  expect(taken(limits, address('10.0.0.1'))).toEqual([300, 60])
  expect(taken(limits, principal('ann'), 30_500)).toEqual([0, 30])
  expect(taken(limits, principal('ann'), 60_000)).toEqual([300, 60])
})

test('all anonymous callers together are bounded, and principals are not', () => {
  const limits = new CallerLimits()
  const counts = Array.from({ length: 20 }, (_, n) => taken(limits, address(`10.0.0.${n}`))[0])
  expect(counts.reduce((sum, one) => sum + one)).toBe(3_000)
  expect(taken(limits, principal('ann'))).toEqual([300, 60])
})

test('an anonymous caller is its address, behind a proxy the one that the proxy appends', () => {
  const from = (forwarded: string | undefined, behindProxy: boolean) =>
    callerOf(
      { principal: null, ip: '10.0.0.1', headers: forwarded ? { 'x-forwarded-for': forwarded } : {} },
      behindProxy,
    ).id
  expect(from('9.9.9.9, 1.2.3.4', true)).toBe('address 1.2.3.4')
  expect(from('9.9.9.9, 1.2.3.4', false)).toBe('address 10.0.0.1')
  expect(from(undefined, true)).toBe('address 10.0.0.1')
  const signedIn = { principal: { id: 'p' }, ip: '10.0.0.1', headers: {} }
  expect(callerOf(signedIn, false)).toEqual({ id: 'p', isAnonymous: false })
})
