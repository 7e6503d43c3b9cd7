import { expect, test } from 'vitest'
import { SignInThrottle } from './sign-in-throttle.js'

function throttle() {
  const clock = { now: 1_000_000 }
  const limits = new SignInThrottle(() => clock.now)
  const attempts = (count: number, name = 'ada', address = '10.0.0.1') => {
    for (let i = 0; i < count; i++) limits.begin(name, address)
  }
  return { clock, limits, attempts }
}

test('delays each attempt after the fifth twice as long, up to five minutes', () => {
  const { clock, attempts } = throttle()
  attempts(5)
  const waits: number[] = []
  for (let i = 0; i < 11; i++) {
    const start = clock.now
    for (;;) {
      try {
        attempts(1)
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

test('counts per name and address, and forgets after a success or 15 minutes', () => {
  const { clock, limits, attempts } = throttle()
  attempts(5)
  expect(() => attempts(1)).toThrow('Try again in 1 second.')
  attempts(1, 'bo')
  attempts(1, 'ada', '10.0.0.2')
  limits.succeeded('ada', '10.0.0.1')
  attempts(5)
  expect(() => attempts(1)).toThrow('Too many failed attempts')
  clock.now += 15 * 60_000
  attempts(5)
})

test('limits guesses for many names from one address', () => {
  const { attempts } = throttle()
  for (let i = 0; i < 50; i++) attempts(1, `name-${i}`)
  expect(() => attempts(1, 'another')).toThrow('Too many failed attempts')
  attempts(1, 'another', '10.0.0.2')
})

test('counts the addresses of an IPv6 network together', () => {
  const { attempts } = throttle()
  for (let i = 0; i < 5; i++) attempts(1, 'ada', `2001:db8:0:7::${i}`)
  expect(() => attempts(1, 'ada', '2001:DB8::7:ffff:1:2:3')).toThrow('Try again in 1 second.')
  attempts(1, 'ada', '2001:db8:0:8::1')
})

test('guesses from many networks delay the second attempt of each, and lock out nobody', () => {
  const { clock, limits, attempts } = throttle()
  for (let i = 0; i < 100; i++) attempts(1, 'ada', `10.0.1.${i}`)
  expect(() => attempts(1, 'ada', '10.0.1.7')).toThrow('Try again in 32 seconds.')
  attempts(1, 'bo', '10.0.1.7')
  attempts(1, 'ada', '10.9.9.9') // the person, who mistypes
  for (let second = 0; second < 32; second++) {
    expect(() => attempts(1, 'ada', '10.9.9.9')).toThrow(`Try again in ${32 - second} second`)
    attempts(1, 'ada', `10.0.2.${second}`) // the attacker goes on meanwhile
    clock.now += 1000
  }
  attempts(1, 'ada', '10.9.9.9')
  limits.succeeded('ada', '10.9.9.9')
  attempts(1, 'ada', '10.9.9.9')
})
