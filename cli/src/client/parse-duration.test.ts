import { expect, test } from 'vitest'
import { parseDuration } from './parse-duration.js'

test.each([
  ['30d', 2_592_000],
  ['12h', 43_200],
  ['1d12h', 129_600],
  ['0s', 0],
  ['2w', 1_209_600],
])('parses %s as %i seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds)
})

test.each(['', '30', 'd', '30 d', '1.5d', '-1d', '3y'])('rejects %j with an example', (text) => {
  expect(() => parseDuration(text)).toThrow('use e.g. 30d, 12h or 15m')
})
