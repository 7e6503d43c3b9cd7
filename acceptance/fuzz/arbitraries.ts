import fc from 'fast-check'
import { HOSTILE_VALUES } from '../bad-input/hostile-values.js'
import type { KnownValues, Schema } from '../bad-input/operations.js'

/** The number of fields in ten that get a known value, so that most requests refer to existing objects. */
const KNOWN_IN_TEN = 8

const naughty = fc.constantFrom(...HOSTILE_VALUES)
const naughtyText = fc.constantFrom(...HOSTILE_VALUES.filter((value) => typeof value === 'string'))
const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false })

const text = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 2, arbitrary: naughtyText },
)
const whole = fc.oneof(
  fc.integer({ min: 0, max: 20 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(-1, 2 ** 31, 2 ** 63, 1e300, '5', '1.7e+12'),
)
const number = fc.oneof(whole, fc.double(), fc.constantFrom('NaN', 'Infinity', '-Infinity', '1.5'))

/** Values that fit a schema, and edge cases of what it leaves unspecified. */
export function arbitraryOf(schema: Schema, known: KnownValues, name = '', depth = 5): fc.Arbitrary<unknown> {
  const fresh = depth === 0 ? json : inventedFor(schema, known, depth - 1)
  if (!Object.hasOwn(known, name)) return fresh
  return fc.oneof(
    { weight: KNOWN_IN_TEN, arbitrary: fc.constant(known[name]) },
    { weight: 10 - KNOWN_IN_TEN, arbitrary: fresh },
  )
}

function inventedFor(schema: Schema, known: KnownValues, depth: number): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => arbitraryOf(one, known, '', depth)))
  if (schema.enum) return fc.oneof(fc.constantFrom(...schema.enum), fc.nat(9))
  switch ([schema.type].flat()[0]) {
    case 'object':
      return objectFor(schema, known, depth)
    case 'array':
      return fc.array(schema.items ? arbitraryOf(schema.items, known, '', depth) : json, { maxLength: 3 })
    case 'integer':
      return whole
    case 'number':
      return number
    case 'boolean':
      return fc.oneof(fc.boolean(), fc.constantFrom('true', 'FALSE'))
    case 'string':
      return text
    default:
      return json
  }
}

function objectFor({ properties, required = [] }: Schema, known: KnownValues, depth: number) {
  if (!properties) return fc.dictionary(text, json, { maxKeys: 3 })
  const fields = Object.entries(properties).map(
    ([name, inner]) => [name, arbitraryOf(inner, known, name, depth)] as const,
  )
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] as never[] })
}

/** Replaces up to three values at any depth by hostile ones. */
export const withHostileValues = (fitting: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      fitting,
      fc.array(fc.tuple(fc.nat(), fc.oneof(naughty, json, fc.constant(undefined))), {
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([value, changes]) =>
      changes.reduce((changed, [at, odd]) => replaced(changed, { left: at % size(changed) }, odd), value),
    )

const isNode = (value: unknown): value is object => typeof value === 'object' && value !== null

const size = (value: unknown): number =>
  isNode(value) ? Object.values(value).reduce((sum: number, inner) => sum + size(inner), 1) : 1

/** A copy with one value replaced: the one at position `place.left` in depth-first order. */
function replaced(value: unknown, place: { left: number }, odd: unknown): unknown {
  if (place.left-- === 0) return odd
  if (!isNode(value)) return value
  if (Array.isArray(value)) return value.map((inner) => replaced(inner, place, odd))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replaced(inner, place, odd)]))
}
