import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LargestWeights, nthLargest } from './largest-weights.js'

const weight = fc.constantFrom(-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3)

test('finds the n-th largest value of a full sort', () => {
  fc.assert(
    fc.property(fc.array(weight, { minLength: 1, maxLength: 60 }), fc.nat(59), (values, place) => {
      const n = 1 + (place % values.length)
      expect(nthLargest(Float32Array.from(values), n)).toBe(values.toSorted((a, b) => b - a)[n - 1])
    }),
  )
})

test('keeps the weights of largest magnitude, ties by ascending item, and drops zeros', () => {
  const square = fc
    .integer({ min: 1, max: 9 })
    .chain((n) => fc.array(fc.array(weight, { minLength: n, maxLength: n }), { minLength: n, maxLength: n }))
  fc.assert(
    fc.property(square, fc.integer({ min: 1, max: 12 }), (rows, kept) => {
      const largest = new LargestWeights(rows.length, kept)
      for (const row of rows) largest.add(Float32Array.from(row))
      const { offsets, items, values } = largest.finish()
      for (const [n, row] of rows.entries()) {
        const wanted = [...row.keys()]
          .filter((item) => row[item] !== 0)
          .sort((a, b) => Math.abs(row[b]!) - Math.abs(row[a]!) || a - b)
          .slice(0, kept)
          .sort((a, b) => a - b)
        expect([...items.subarray(offsets[n], offsets[n + 1])]).toEqual(wanted)
        expect([...values.subarray(offsets[n], offsets[n + 1])]).toEqual(wanted.map((item) => row[item]))
      }
    }),
  )
})
