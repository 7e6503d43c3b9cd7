import { ApiError } from '@cairn/platform/errors'
import { share } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson, replaceOutsideStrings } from './json-text.js'

const outcome = <T>(compute: () => T): { readonly value: T } | 'rejected' => {
  try {
    return { value: compute() }
  } catch (error) {
    expect(error).toBeInstanceOf(error instanceof SyntaxError ? SyntaxError : ApiError)
    return 'rejected'
  }
}

/** JSON with some characters removed or replaced. */
const damaged = fc
  .tuple(
    fc.json(),
    fc.array(fc.tuple(fc.nat(200), fc.constantFrom('', '"', '\\', '[', '}', ',', '0', 'e', 'N'))),
  )
  .map(([text, changes]) =>
    changes.reduce((changed, [at, by]) => changed.slice(0, at) + by + changed.slice(at + 1), text),
  )

test('accepts and returns the same as JSON.parse', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), damaged), (text) => {
      expect(outcome(() => parseJson(text))).toEqual(outcome(() => JSON.parse(text) as unknown))
    }),
    { numRuns: share(5000) },
  )
})

/** Like Python's `json.dumps`, which writes NaN. */
const printed = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map(printed).join(', ')}]`
    : typeof value === 'number' && Number.isNaN(value)
      ? 'NaN'
      : JSON.stringify(value)

test('reads NaN as null wherever a number may be', () => {
  const leaf = fc.oneof(
    fc.constant(Number.NaN),
    fc.integer(),
    fc.string(),
    fc.constantFrom('NaN', '"NaN', '\\'),
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(leaf, fc.array(leaf))), (value) => {
      expect(parseJson(printed(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('changes nothing inside of strings', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(replaceOutsideStrings(text, /./g, (character) => character)).toBe(text)
      const spaced = replaceOutsideStrings(text, /[[\]{},:]/g, (mark) => ` ${mark} `)
      expect(JSON.parse(spaced)).toEqual(JSON.parse(text))
    }),
  )
})

test('finds a literal after millions of strings', () => {
  const text = `[NaN,${'"",'.repeat(3_000_000)}NaN]`
  expect(parseJson(text)).toHaveLength(3_000_002)
})
