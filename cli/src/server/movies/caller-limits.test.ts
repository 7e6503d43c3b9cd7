import fastify from 'fastify'
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

test('each caller has its own requests, which renew after a minute', () => {
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

test('an anonymous caller is the address that the server believes, regardless of the headers it sends', async () => {
  const idOf = async (trustProxy: string[] | false, remoteAddress: string) => {
    const app = fastify({ trustProxy })
    app.get('/', async (request) => callerOf({ principal: null, ip: request.ip }).id)
    const headers = { 'x-forwarded-for': '9.9.9.9, 1.2.3.4' }
    const { body } = await app.inject({ url: '/', remoteAddress, headers })
    await app.close()
    return body
  }
  expect(await idOf(false, '10.0.0.1')).toBe('address 10.0.0.1')
  expect(await idOf(['10.0.0.1'], '10.0.0.1')).toBe('address 1.2.3.4')
  expect(await idOf(['10.0.0.1'], '10.0.0.2')).toBe('address 10.0.0.2')
  expect(callerOf({ principal: { id: 'p' }, ip: '10.0.0.1' })).toEqual({ id: 'p', isAnonymous: false })
})
