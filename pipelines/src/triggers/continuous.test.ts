import { expect, test } from 'vitest'
import { isNextRunDue, type PastRun } from './continuous.js'

const ended = (result: string, endedAt = 0): PastRun => ({ result, endedAt })
const failures = (count: number) => Array.from({ length: count }, () => ended('FAILED'))

test('the next run starts at once without runs, after a success and after a cancellation', () => {
  expect(isNextRunDue([], 0)).toBe(true)
  expect(isNextRunDue([ended('SUCCESS', 5), ...failures(3)], 5)).toBe(true)
  expect(isNextRunDue([ended('CANCELED', 5), ...failures(3)], 5)).toBe(true)
})

test('no run starts while another is active', () => {
  expect(isNextRunDue([{ result: null, endedAt: null }], 1e9)).toBe(false)
  expect(isNextRunDue([ended('SUCCESS'), { result: null, endedAt: null }], 1e9)).toBe(false)
})

test.each([
  [1, 10],
  [2, 20],
  [4, 80],
  [8, 600],
])('after %i failures in a row it starts after %i seconds', (count, seconds) => {
  const recent = [...failures(count), ...(count < 8 ? [ended('SUCCESS')] : [])]
  expect(isNextRunDue(recent, seconds * 1000 - 1)).toBe(false)
  expect(isNextRunDue(recent, seconds * 1000)).toBe(true)
})

test('a clock that was set back does not stop a failing job', () => {
  expect(isNextRunDue([ended('FAILED', 3_600_000)], 0)).toBe(true)
  expect(isNextRunDue([ended('FAILED', 5_000)], 0)).toBe(false)
})
