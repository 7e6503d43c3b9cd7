import { expect, test } from 'vitest'
import { RestartTimes } from './restart-times.js'

test('restarts at once after the first crash, then with back-off, until the model has run for a minute', () => {
  let now = 0
  const restarts = new RestartTimes(() => now)
  expect(restarts.delayOf('a')).toBe(0)
  const delays = Array.from({ length: 8 }, () => {
    restarts.recordCrash('a', 100)
    return restarts.delayOf('a')
  })
  expect(delays).toEqual([0, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
  expect(restarts.delayOf('b')).toBe(0)
  now = 59_000
  expect(restarts.delayOf('a')).toBe(1_000)
  restarts.recordCrash('a', 61_000)
  expect(restarts.delayOf('a')).toBe(0)
})
