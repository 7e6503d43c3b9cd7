import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { timedRegex } from './timed-regex.js'

/** A clock by which each test of a text takes 300 ms. */
function clock() {
  let now = 0
  return () => {
    now += 300
    return now
  }
}

test('refuses expressions that take more than two seconds in one turn of the event loop', () => {
  const matches = timedRegex(clock())
  for (let times = 0; times < 6; times++) expect(matches('^a', 'ab')).toBe(true)
  expect(() => matches('^a', 'ab')).toThrow(
    expect.objectContaining({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('take too long'),
    }),
  )
  expect(matches('^a', 'ab')).toBe(true) // for another request
})

test('counts each turn of the event loop anew', async () => {
  const matches = timedRegex(clock())
  for (let times = 0; times < 30; times++) {
    expect(matches('^a', 'b')).toBe(false)
    await setImmediate()
  }
})
