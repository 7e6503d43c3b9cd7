import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Column } from '../mlmodel/signature.js'
import { parseInput, toFrame } from '../scoring-protocol/model-input.js'
import type { ScoringInput } from '../scoring-protocol/scoring-input.js'
import { anXgboostModel } from '../testing/xgboost-model.js'
import { FeatureTable } from './feature-table.js'
import { NumericSplit } from './numeric-split.js'

const NAMES = ['a', 'b', 'c']
const modelOf = (names: readonly string[]) => ({ ...anXgboostModel({ features: 3 }), featureNames: names })
const typed = (...types: string[]): Column[] => NAMES.map((name, at) => ({ name, type: types[at]! }))

/** The general path, as text: JSON has no NaN. */
function general(
  names: readonly string[],
  input: ScoringInput,
  inputs: Column[],
  infinities: boolean,
): string {
  try {
    const parsed = parseInput(input, { inputs })
    return String(
      new FeatureTable(modelOf(names), infinities).toMatrix(toFrame(parsed), parsed.kind !== 'array'),
    )
  } catch {
    return 'refused'
  }
}

const cell = fc.oneof(
  { weight: 12, arbitrary: fc.double({ noNaN: true, min: -1e6, max: 1e6 }) },
  { weight: 12, arbitrary: fc.integer() },
  fc.constantFrom<unknown>(
    null,
    -0,
    1e39,
    -1e39,
    3.4028235677973366e38,
    2 ** 31,
    -(2 ** 31),
    2 ** 53,
    Number.POSITIVE_INFINITY,
    5e-324,
  ),
  fc.constantFrom<unknown>('1.5', '', true, [1], {}),
)
const row = fc.oneof(
  { weight: 20, arbitrary: fc.array(cell, { minLength: 3, maxLength: 4 }) },
  fc.array(cell, { maxLength: 5 }),
  fc.constantFrom<unknown>(null, 1, {}),
)
const columns = fc.oneof(
  { weight: 6, arbitrary: fc.shuffledSubarray([...NAMES, 'd'], { minLength: 3 }) },
  fc.constantFrom<unknown>(null, ['a', 'a', 'b', 'c'], ['a', 'b', 1], [], 'abc', undefined),
)
const type = fc.constantFrom('double', 'float', 'integer', 'long', 'boolean', 'string')
const inputs: fc.Arbitrary<Column[]> = fc.oneof(
  fc.constant<Column[]>([]),
  fc.tuple(type, type, type).map((types) => typed(...types)),
  fc.constant(typed('double', 'double', 'double')),
  fc.constant<Column[]>([
    { name: 'a', type: 'double', required: false },
    ...typed('double', 'double', 'double').slice(1),
  ]),
)
const hostile = fc.record(
  { columns, data: fc.oneof({ weight: 9, arbitrary: fc.array(row, { maxLength: 4 }) }, fc.constant(null)) },
  { requiredKeys: [] },
)
const edges = fc.constantFrom<unknown>(null, -0, 1e39, 3.4028235677973366e38, 2 ** 31, -(2 ** 31), 5e-324)
const plainCell = fc.oneof(
  { weight: 9, arbitrary: fc.integer() },
  { weight: 9, arbitrary: fc.float() },
  edges,
)
/** Rows are as wide as their columns, so that most are read. */
const wellFormed = fc.shuffledSubarray([...NAMES, 'd'], { minLength: 3 }).chain((names) =>
  fc.record({
    columns: fc.constant<unknown>(names),
    data: fc.array(fc.array(plainCell, { minLength: names.length, maxLength: names.length }), {
      maxLength: 3,
    }),
  }),
)
const split = fc.oneof(hostile, wellFormed)

test('reads what the general path reads, to the same values, or leaves it to that', () => {
  let read = 0
  fc.assert(
    fc.property(
      fc.constantFrom(NAMES, [], ['c', 'a', 'b']),
      inputs,
      fc.array(split, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (names, signature, splits, infinities) => {
        const plain = new NumericSplit(modelOf(names), { inputs: signature })
        for (const one of splits) {
          const input = { dataframe_split: one } as ScoringInput
          const values = plain.read(input)
          if (!values) continue
          read++
          expect(String(values)).toBe(general(names, input, [...signature], infinities))
        }
      },
    ),
    { numRuns: 3_000 },
  )
  expect(read).toBeGreaterThan(300)
})

test('reads plain requests, in any order of columns and with others between them', () => {
  const plain = new NumericSplit(modelOf(NAMES), { inputs: typed('double', 'float', 'long') })
  const read = (columns: string[], data: unknown[][]) => plain.read({ dataframe_split: { columns, data } })
  expect(
    read(NAMES, [
      [1, null, 3],
      [4, 5, 6],
    ]),
  ).toEqual(Float32Array.of(1, Number.NaN, 3, 4, 5, 6))
  expect(read(['c', 'x', 'b', 'a'], [[3, 'text', 2, 1]])).toEqual(Float32Array.of(1, 2, 3))
  expect(read(NAMES, [[1, 2, 3.5]])).toBeUndefined()
  expect(read(NAMES, [[1, '2', 3]])).toBeUndefined()
  expect(plain.read({ dataframe_split: { columns: NAMES, data: [[1, 2, 3]] }, inputs: [] })).toBeUndefined()
})
