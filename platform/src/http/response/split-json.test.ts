import fc from 'fast-check'
import { expect, test } from 'vitest'
import { share } from '../../testing/effort.js'
import { CHUNK_LENGTH, estimateLength, splitJson } from './split-json.js'

/** Including half surrogates and characters that are escaped. */
const text = fc.oneof(
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u0000', '\ud800', '\udfff', 'ü', '中') }),
  fc.constantFrom('__proto__', 'toJSON', 'constructor', '0', ''),
)
const leaf = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.constantFrom<unknown>(null, true, undefined, Number.NaN, -0, Symbol('s'), () => 1),
  fc.constantFrom<unknown>(new Map([[1, 2]]), Object('boxed'), Object(1), new Uint8Array(3), /r/),
  fc.date({ noInvalidDate: false }),
  text.map((said) => ({ toJSON: () => [said, said] })),
  fc.constant({ toJSON: () => undefined, long: 'x'.repeat(100) }),
)
const { value } = fc.letrec<{ value: unknown; list: unknown[]; object: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 12, withCrossShrink: true }, leaf, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 12 }),
  object: fc.oneof(
    fc.dictionary(text, tie('value'), { maxKeys: 8 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 8 }).map((members) => Object.fromEntries(members)),
  ),
}))

test('chunks together equal the result of JSON.stringify for any value and chunk length', () => {
  fc.assert(
    fc.property(fc.array(value), fc.integer({ min: 10, max: 200 }), (values, length) => {
      for (const answer of [values, { values, more: values[0] }, new Array(3).concat(values)])
        expect([...splitJson(answer, JSON.stringify, length)].join('')).toBe(JSON.stringify(answer))
    }),
    { numRuns: share(200) },
  )
})

test('throws what JSON.stringify throws', () => {
  const long = 'x'.repeat(1000)
  expect(() => [...splitJson({ long, whole: [1n] }, JSON.stringify, 100)]).toThrow(/BigInt/)
  const circular: unknown[] = [long]
  circular.push({ circular })
  expect(() => [...splitJson(circular, JSON.stringify, 100)]).toThrow(/circular/)
})

const lists: [string, object][] = [
  ['of long items', { items: Array.from({ length: 300 }, (_, i) => ({ i, note: 'x'.repeat(6000) })) }],
  ['of short items', { items: Array.from({ length: 60_000 }, (_, i) => ({ key: `k${i}`, value: i })) }],
  ['of a long list', { data: [{ items: Array.from({ length: 90_000 }, (_, i) => `item ${i}`) }] }],
  ['of names', { data: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, 'value'])) }],
]

test.each(lists)('splits a list %s into many short chunks', (_, answer) => {
  const pieces = [...splitJson(answer)]
  const whole = JSON.stringify(answer)
  expect(pieces.join('')).toBe(whole)
  expect(pieces.length).toBeGreaterThan(whole.length / CHUNK_LENGTH)
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(1.5 * CHUNK_LENGTH)
})

test.each(lists)('estimates the length of a list %s', (_, answer) => {
  const { length } = JSON.stringify(answer)
  expect(estimateLength(answer, Number.POSITIVE_INFINITY) / length).toBeCloseTo(1, 0)
  expect(estimateLength(answer, 1000)).toBeGreaterThan(1000)
})
