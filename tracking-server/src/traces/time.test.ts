import { expect, test } from 'vitest'
import { readTime, writeTime } from './time.js'

test.each([
  [0, '1970-01-01T00:00:00Z'],
  [1_700_000_000_123, '2023-11-14T22:13:20.123Z'],
  [Number.MAX_SAFE_INTEGER, '9999-12-31T23:59:59.999Z'],
  [-Number.MAX_SAFE_INTEGER, '0001-01-01T00:00:00Z'],
])('the time %d is written %s, and can be read', (ms, text) => {
  expect(writeTime(ms)).toBe(text)
  expect(writeTime(readTime(text, 'time'))).toBe(text)
})
