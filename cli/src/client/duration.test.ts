import { expect, test } from 'vitest'
import { secondsOf } from './duration.js'

test.each([
  ['30d', 2_592_000],
  ['12h', 43_200],
  ['1d12h', 129_600],
  ['0s', 0],
  ['2w', 1_209_600],
])('%s is %i seconds', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds)
})

test.each(['', '30', 'd', '30 d', '1.5d', '-1d', '3y'])('%j is no duration, and says what is', (text) => {
  expect(() => secondsOf(text)).toThrow('write 30d, 12h or 15m')
})
