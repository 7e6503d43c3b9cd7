import { expect, test } from 'vitest'
import { readDuration, readTime, writeTime } from './protobuf-time.js'

test.each([
  [0, '1970-01-01T00:00:00Z'],
  [1_700_000_000_123, '2023-11-14T22:13:20.123Z'],
  [Number.MAX_SAFE_INTEGER, '9999-12-31T23:59:59.999Z'],
  [-Number.MAX_SAFE_INTEGER, '0001-01-01T00:00:00Z'],
])('formats and parses the time %d as %s', (ms, text) => {
  expect(writeTime(ms)).toBe(text)
  expect(writeTime(readTime(text, 'time'))).toBe(text)
})

test.each([
  ['0s', 0],
  ['1.500s', 1500],
  ['-0.25s', -250],
  ['999999999999.999s', 999_999_999_999_999],
  ['0.0010458984375s', 1],
  ['0.09999999999999s', 100],
  ['0.0009999s', 0],
  ['2.44140625e-7s', 0],
  ['2.5e-3s', 2],
])('parses the duration %s as %d ms', (text, ms) => {
  expect(readDuration(text, 'duration')).toBe(ms)
})

test.each(['', 's', '1.5', '1.s', '.5s', '1e3s', 'NaNs', '1.5e-s'])('rejects the duration %j', (text) => {
  expect(() => readDuration(text, 'duration')).toThrow("parameter 'duration'")
})
