import { expect, test } from 'vitest'
import { formatBytes, formatCount, formatDuration, formatTime } from './format.js'

test('formats times in UTC, and a missing time as an empty string', () => {
  expect([formatTime(1_700_000_000_000), formatTime(0), formatTime(undefined)]).toEqual([
    '2023-11-14 22:13:20',
    '',
    '',
  ])
})

test('abbreviates numbers and times', () => {
  expect([0.5, 12, 950, 12_345, 4_100_000].map(formatCount)).toEqual(['0.5', '12', '950', '12.3k', '4.1M'])
  expect([1.24, 65].map(formatDuration)).toEqual(['1.2 s', '1 min 05 s'])
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [12_300, '12.3 kB'],
  [4_100_000, '4.1 MB'],
  [2e15, '2000.0 TB'],
])('formats %i bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})
