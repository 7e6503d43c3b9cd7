import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pack, unpack } from './point-codec.js'
import { type StoredPoint, toColumns } from './point-columns.js'

const columns = (whole: fc.Arbitrary<number>) =>
  fc.array(
    fc.record({
      timestamp: whole,
      step: whole,
      value: fc.double({ noNaN: true }),
      is_nan: fc.constantFrom(0, 1),
    }),
    { maxLength: 200 },
  )

/** Next to powers of two, where varints grow by a byte, or numbers exceed 32-bit integers. */
const atBoundary = (most: number) =>
  fc
    .record({
      bits: fc.integer({ min: 0, max: most }),
      beside: fc.integer({ min: -2, max: 2 }),
      sign: fc.constantFrom(1, -1),
    })
    .map(({ bits, beside, sign }) => sign * (2 ** bits + beside) + 0) // without -0, which the databases do not store

test.each([
  ['of any size', fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -300, max: 300 }))],
  ['next to powers of two, as deltas', atBoundary(50)],
  ['next to powers of two, some too large for deltas', atBoundary(53)],
])('packs and unpacks points losslessly: %s', (_what, whole) => {
  fc.assert(
    fc.property(columns(whole), (drawn) => {
      const points = toColumns(drawn as StoredPoint[])
      expect(unpack(pack(points))).toEqual(points)
      const { timestamps, steps, values } = points
      const plain = { timestamps: [...timestamps], steps: [...steps], values: [...values] }
      expect(pack(plain)).toBe(pack(points))
    }),
  )
})

test.each(
  [28, 30, 31, 32, 33, 49, 50, 51, 52].flatMap((bits) => [-1, 0, 1].map((beside) => 2 ** bits + beside)),
)('encodes the delta %d, positive and negative', (difference) => {
  const half = Math.floor(difference / 2)
  const steps = [0, half, half - difference, half, 0].map((step) => step + 0)
  const same = { timestamps: steps, steps, values: steps.map(() => 1) }
  expect([...unpack(pack(same)).steps]).toEqual(steps)
})
