import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestAuth, testAuth } from '../testing/auth.js'
import { databases, type TestDatabase } from '../testing/databases.js'
import { AttemptsInDatabase, AttemptsInMemory, FORGET_MS } from './sign-in-attempts.js'
import { SignInThrottle } from './sign-in-throttle.js'

const places: (readonly [string, TestDatabase | undefined])[] = [
  ['memory', undefined],
  ...databases.filter(([, { engine }]) => engine === 'postgres'),
]

describe.each(places)('attempts to sign in, counted in %s', (_, database) => {
  const clock = { now: 1_000_000 }
  const now = () => clock.now
  let auth: TestAuth | undefined
  beforeAll(async () => {
    auth = database && (await testAuth(database))
  })
  afterAll(() => auth?.close())
  beforeEach(() => {
    clock.now += FORGET_MS
  })

  const server = () =>
    new SignInThrottle(now, auth ? new AttemptsInDatabase(auth.db.for(), now) : new AttemptsInMemory(now))
  function throttle() {
    const limits = server()
    const attempts = async (count: number, name = 'ada', address = '10.0.0.1') => {
      for (let i = 0; i < count; i++) await limits.begin(name, address)
    }
    return { limits, attempts }
  }

  test('delays each attempt after the fifth twice as long, up to five minutes', async () => {
    const { attempts } = throttle()
    await attempts(5)
    const waits: number[] = []
    for (let i = 0; i < 11; i++) {
      const start = clock.now
      for (;;) {
        try {
          await attempts(1)
          break
        } catch (error) {
          expect(error).toMatchObject({ code: 'RESOURCE_EXHAUSTED' })
          clock.now +=
            1000 * (error as { details: { retry_after_seconds: number } }).details.retry_after_seconds
        }
      }
      waits.push((clock.now - start) / 1000)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
  })

  test('counts per name and address, and forgets after a success or 15 minutes', async () => {
    const { limits, attempts } = throttle()
    await attempts(5)
    await expect(attempts(1)).rejects.toThrow('Try again in 1 second.')
    await attempts(1, 'bo')
    await attempts(1, 'ada', '10.0.0.2')
    await limits.succeeded('ada', '10.0.0.1')
    await attempts(5)
    await expect(attempts(1)).rejects.toThrow('Too many failed attempts')
    clock.now += 15 * 60_000
    await attempts(5)
  })

  test('limits guesses for many names from one address', async () => {
    const { attempts } = throttle()
    for (let i = 0; i < 50; i++) await attempts(1, `name-${i}`)
    await expect(attempts(1, 'another')).rejects.toThrow('Too many failed attempts')
    await attempts(1, 'another', '10.0.0.2')
  })

  test('counts the addresses of an IPv6 network together', async () => {
    const { attempts } = throttle()
    for (let i = 0; i < 5; i++) await attempts(1, 'ada', `2001:db8:0:7::${i}`)
    await expect(attempts(1, 'ada', '2001:DB8::7:ffff:1:2:3')).rejects.toThrow('Try again in 1 second.')
    await attempts(1, 'ada', '2001:db8:0:8::1')
  })

  test('guesses from many networks delay the second attempt of each, and lock out nobody', async () => {
    const { limits, attempts } = throttle()
    for (let i = 0; i < 100; i++) await attempts(1, 'ada', `10.0.1.${i}`)
    await expect(attempts(1, 'ada', '10.0.1.7')).rejects.toThrow('Try again in 32 seconds.')
    await attempts(1, 'bo', '10.0.1.7')
    await attempts(1, 'ada', '10.9.9.9') // the person, who mistypes
    for (let second = 0; second < 32; second++) {
      await expect(attempts(1, 'ada', '10.9.9.9')).rejects.toThrow(`Try again in ${32 - second} second`)
      await attempts(1, 'ada', `10.0.2.${second}`) // the attacker continues meanwhile
      clock.now += 1000
    }
    await attempts(1, 'ada', '10.9.9.9')
    await limits.succeeded('ada', '10.9.9.9')
    await attempts(1, 'ada', '10.9.9.9')
  })

  test.runIf(database)('of several servers count together, also at the same time', async () => {
    const [one, other] = [server(), server()]
    const guesses = Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other).begin('both', '10.0.0.1'))
    const outcomes = await Promise.allSettled(guesses)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    await one.succeeded('both', '10.0.0.1')
    await other.begin('both', '10.0.0.1')
  })
})
