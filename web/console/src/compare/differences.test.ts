import { expect, test } from 'vitest'
import { aRow } from '../testing/fixtures.js'
import { bestOf, compareValues, isComparable, tagVariants } from './differences.js'

test('marks keys that differ or are missing in a run', () => {
  const rows = [
    aRow({ params: { seed: '42', factors: '16' } }),
    aRow({ params: { seed: '42', factors: '32', alpha: '40' } }),
  ]
  const compared = compareValues(
    rows,
    ({ params }) => params,
    (a, b) => a.localeCompare(b),
  )
  expect(compared).toEqual([
    { key: 'alpha', values: [undefined, '40'], differs: true },
    { key: 'factors', values: ['16', '32'], differs: true },
    { key: 'seed', values: ['42', '42'], differs: false },
  ])
})

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
  expect(bestOf('precision_at_10', [0.1, 0.3, undefined, Number.NaN])).toBe(1)
  expect(bestOf('train_loss', [0.1, 0.3])).toBe(0)
  expect(bestOf('novelty_at_10', [1, 2])).toBeUndefined()
  expect(bestOf('recall_at_10', [0.2, 0.2])).toBeUndefined()
})
