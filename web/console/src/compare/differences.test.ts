import { expect, test } from 'vitest'
import { aRow } from '../testing/fixtures.js'
import { bestOf, isComparable, tagVariants } from './differences.js'

test('counts runs per protocol and rejects comparing two protocols', () => {
  const rows = ['gts', 'loo', 'gts'].map((protocol) => aRow({ tags: { 'cairn.protocol': protocol } }))
  expect([...tagVariants(rows, 'cairn.protocol')]).toEqual([
    ['gts', 2],
    ['loo', 1],
  ])
  expect(isComparable(rows)).toBe(false)
  expect(isComparable(rows.slice(0, 1))).toBe(true)
})

test('picks the highest precision and the lowest loss, and no best value for metrics of unknown direction', () => {
  expect([...bestOf('precision_at_10', [0.1, 0.3, undefined, Number.NaN])]).toEqual([1])
  expect([...bestOf('train_loss', [0.1, 0.3])]).toEqual([0])
  expect([...bestOf('novelty_at_10', [1, 2])]).toEqual([])
  expect([...bestOf('recall_at_10', [0.2, 0.2])]).toEqual([])
})

test('a tie has several best values, and overlapping intervals have none', () => {
  expect([...bestOf('recall_at_10', [0.2, 0.3, 0.3])]).toEqual([1, 2])
  const around = (value: number, by: number) => ({ low: value - by, high: value + by })
  const values = [0.1, 0.2]
  const narrow = values.map((value) => around(value, 0.04))
  const wide = values.map((value) => around(value, 0.06))
  expect([...bestOf('recall_at_10', values, narrow)]).toEqual([1])
  expect([...bestOf('recall_at_10', values, wide)]).toEqual([])
})
