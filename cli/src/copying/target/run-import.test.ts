import { expect, expectTypeOf, test } from 'vitest'
import type { NonFinite } from '../sources/source.js'
import { toWirePoints } from './run-import.js'

test('encodes NaN and infinities as strings, as its type says', () => {
  const points = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5].map((value) => ({
    ...{ key: 'loss', value, timestamp: 1, step: 0 },
  }))
  const encoded = toWirePoints(points)
  expectTypeOf(encoded[0]!.value).toEqualTypeOf<number | NonFinite>()
  expect(encoded.map(({ value }) => value)).toEqual(['NaN', 'Infinity', '-Infinity', 0.5])
})
