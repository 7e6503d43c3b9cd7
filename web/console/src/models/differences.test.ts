import { expect, test } from 'vitest'
import { differencesOf, overlap, relativeChange } from './differences.js'

const order = (a: string, b: string) => a.localeCompare(b)

test('lists what differs first, and what only one version has', () => {
  const left = new Map([
    ['a', '1'],
    ['b', '1'],
    ['c', '1'],
  ])
  const right = new Map([
    ['a', '1'],
    ['b', '2'],
    ['d', '1'],
  ])
  expect(differencesOf(left, right, order).map(({ key, differs }) => [key, differs])).toEqual([
    ['b', true],
    ['c', true],
    ['d', true],
    ['a', false],
  ])
  expect(differencesOf(new Map([['x', Number.NaN]]), new Map([['x', Number.NaN]]), order)[0]!.differs).toBe(
    false,
  )
})

test('tells relative changes, but none from zero', () => {
  expect([relativeChange(2, 3), relativeChange(-2, -1), relativeChange(0, 1), relativeChange(0, 0)]).toEqual([
    ...[0.5, 0.5, undefined, undefined],
  ])
})

test('intervals that touch overlap', () => {
  expect(overlap({ low: 0, high: 1 }, { low: 1, high: 2 })).toBe(true)
  expect(overlap({ low: 0, high: 1 }, { low: 1.1, high: 2 })).toBe(false)
})
