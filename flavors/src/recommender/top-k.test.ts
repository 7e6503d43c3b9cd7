import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rankIds } from '../id.js'
import { topK } from './top-k.js'

// Few distinct values, so that ties are common.
const score = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom(Number.NaN, -Infinity, Infinity))

test('selects the same as a full sort, ties by id, never NaN or −∞', () => {
  const scores = fc.array(score, { maxLength: 60 })
  fc.assert(
    fc.property(scores, fc.integer({ min: 1, max: 70 }), fc.nat(1000), (values, k, shift) => {
      const ids = values.map((_, row) => (row * 7919 + shift) % 1009)
      const sorted = values
        .map((value, row) => ({ value, row }))
        .filter(({ value }) => value > Number.NEGATIVE_INFINITY)
        .sort((a, b) => (a.value === b.value ? ids[a.row]! - ids[b.row]! : b.value - a.value))
      const wanted = sorted.slice(0, k).map(({ row }) => row)
      expect(topK(Float64Array.from(values), k, rankIds(ids))).toEqual(wanted)
    }),
    { numRuns: 500 },
  )
})

test('ranks ids numerically or lexically', () => {
  expect([...rankIds([10, 9, 100])]).toEqual([1, 0, 2])
  expect([...rankIds(['10', '9', '100'])]).toEqual([0, 2, 1])
})
