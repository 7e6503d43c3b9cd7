import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderByMargin } from './rank-order.js'

test('orders rows by margin and ties by row, for any previous order', () => {
  const margin = fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, -0, 1, -1, Math.fround(1e-40)))
  fc.assert(
    fc.property(fc.array(margin, { maxLength: 200 }), fc.boolean(), (margins, turned) => {
      const rows = margins.map((_, row) => row)
      const order = Int32Array.from(turned ? rows.toReversed() : rows)
      orderByMargin(order, Float32Array.from(margins))
      expect([...order]).toEqual(
        rows.sort((a, b) => (margins[a] === margins[b] ? a - b : margins[b]! - margins[a]!)),
      )
    }),
  )
})
