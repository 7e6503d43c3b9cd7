import { readFileSync } from 'node:fs'
import { ApiError } from '@cairn/platform/errors'
import { describe, expect, test } from 'vitest'
import type { Column, Param } from '../mlmodel/signature.js'
import { castColumn, isDate } from './casts.js'
import { parseInput, toFrame } from './model-input.js'
import { parseParams } from './params.js'
import { isRow, type ScoringInput } from './scoring-input.js'

const readGolden = <T>(name: string) =>
  readFileSync(new URL(`./golden/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)

/** Returns null for a rejected request, like the recording. */
function attempt<T>(compute: () => T): T | null {
  try {
    return compute()
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

/** Writes a cell like the recording. */
function toRecorded(cell: unknown): unknown {
  if (cell instanceof Uint8Array) return { base64: Buffer.from(cell).toString('base64') }
  if (typeof cell !== 'number' || Number.isFinite(cell)) return cell
  return Number.isNaN(cell) ? null : String(cell)
}

describe('requests recorded of MLflow 3.17', () => {
  interface Recorded {
    readonly inputs: readonly Column[]
    readonly request: ScoringInput
    /** Null if it is rejected. */
    readonly columns: Readonly<Record<string, readonly unknown[]>> | null
  }

  const isNumeric = (value: unknown) => typeof value === 'number' || typeof value === 'boolean'
  /** Values that MLflow changes beyond recognition: any text is true, integers overflow, and all values have a text. */
  const REJECTED_HERE: Readonly<Record<string, (value: unknown) => boolean>> = {
    boolean: (value) => !isNumeric(value) && !/^(true|false)$/i.test(String(value)),
    integer: (value) => value === '1_0' || (typeof value === 'number' && Math.abs(value) > 2 ** 31 - 1),
    long: (value) => value === '1_0' || value === 1e39,
    float: (value) => value === '1_0',
    double: (value) => value === '1_0' || Array.isArray(value),
    string: (value) => typeof value !== 'string' && !Number.isSafeInteger(value) && value !== null,
    binary: (value) => !/^[\w+/]*=*$/.test(String(value)),
    datetime: (value) => !(typeof value === 'string' && isDate(value)) && !Number.isSafeInteger(value),
  }

  /** Tables for unnamed columns, lists in `instances`, and missing cells of an optional integer. */
  const ACCEPTED_HERE = new Set([
    'double,long {"dataframe_records":[{"x":1},{"y":2}]}',
    'unnamed {"inputs":[[1,2]]}',
    'unnamed {"inputs":{"x":[1,2],"y":[3,4]}}',
    'unnamed {"instances":[[1,2]]}',
    'unnamed {"instances":[{"x":1,"y":2},{"x":3,"y":4}]}',
    'array {"instances":[{"x":[1,2]}]}',
  ])
  /** In MLflow, any text is true, a missing text is 'None', and one list of a column of any type is one cell. */
  const DIFFERENT_HERE = new Set([
    'boolean {"dataframe_records":[{"x":"False"}]}',
    'boolean {"inputs":{"x":["False"]}}',
    'string {"inputs":{"x":[null]}}',
    'any {"inputs":{"x":["x"]}}',
  ])

  /** Text of integers and integers of text are exact here; dates stay text. */
  const comparable = (columns: Recorded['columns'], type: string) =>
    Object.entries(columns!).map(([name, cells]) => [
      name,
      cells.map((cell) =>
        cell === null || type === 'datetime'
          ? cell === null
          : type === 'string'
            ? String(cell)
            : type === 'long' && typeof cell === 'string'
              ? Number(cell)
              : cell,
      ),
    ])

  const firstCell = ({ dataframe_records, inputs }: ScoringInput) =>
    dataframe_records ? dataframe_records[0]?.x : isRow(inputs) && (inputs.x as unknown[])[0]

  const recorded = readGolden<Recorded>('casts.jsonl')
  test.each(recorded.map((one) => [JSON.stringify([one.inputs[0]!.type, one.request]), one] as const))(
    '%s',
    (_, { inputs, request, columns }) => {
      const outcome = attempt(() => {
        const frame = toFrame(parseInput(request, { inputs }))
        return Object.fromEntries([...frame.columns].map(([name, cells]) => [name, cells.map(toRecorded)]))
      })
      const { type } = inputs[0]!
      const columnTypes = inputs[0]!.name ? inputs.map((column) => column.type) : 'unnamed'
      const label = `${columnTypes} ${JSON.stringify(request)}`
      if (DIFFERENT_HERE.has(label)) expect(outcome).not.toEqual(columns)
      else if (columns === null) expect(outcome !== null).toBe(ACCEPTED_HERE.has(label))
      else if (outcome === null) expect(REJECTED_HERE[type]?.(firstCell(request))).toBe(true)
      else expect(comparable(outcome, type)).toEqual(comparable(columns, type))
    },
  )
})

test.each([
  ['double', 'x', /^Column 'a', row 1 must be a number\.$/],
  ['integer', 2 ** 31, /^Column 'a', row 1 must be an integer from -2147483648 to 2147483647\.$/],
  ['long', 2 ** 53, /^Column 'a', row 1 must be an integer.*beyond 2\^53 as text\.$/],
  ['long', null, /^Column 'a', row 1 is missing; it must be an integer/],
  ['boolean', 'secret', /^Column 'a', row 1 must be true or false\.$/],
  ['string', 1.5, /^Column 'a', row 1 must be text\.$/],
  ['binary', 'no base64!', /^Column 'a', row 1 must be text in base64\.$/],
  ['datetime', '2021-02-30', /^Column 'a', row 1 must be a date and time/],
])('names the column and row of a wrong %s and not its value', (type, value, message) => {
  const good = { integer: 1, long: 1, double: 1, boolean: true, binary: 'AQID', datetime: '2021-01-01' }[type]
  expect(() => castColumn([good ?? 'text', value], { type, name: 'a' }, 'a')).toThrow(message)
})

test.each([
  [[1, 'x'], /^Column 'a', row 0\[1\] must be of type long\.$/],
  ['secret', /^Column 'a', row 0 must be a list\.$/],
])('names the position in a nested value', (value, message) => {
  const column = { type: 'array', name: 'a', items: { type: 'long' } }
  expect(() => castColumn([value], column, 'a')).toThrow(message)
})

test.each([
  ['integer', 2.9, 2],
  ['integer', -0.5, 0],
  ['long', '9223372036854775807', '9223372036854775807'],
  ['long', ' 7 ', 7],
  ['float', 0.1, Math.fround(0.1)],
  ['boolean', 'TRUE', true],
  ['string', 7, '7'],
])('casts to %s: %j', (type, value, wanted) => {
  expect(castColumn([value], { type, name: 'a' }, 'a')).toEqual([wanted])
})

test('rejects endless text of any type', () => {
  const digits = '1'.repeat(16_000_000)
  for (const type of ['double', 'long', 'boolean', 'datetime', 'binary'])
    expect(() => castColumn([`${digits}!`], { type, name: 'a' }, 'a')).toThrow(/Column 'a', row 0 must be/)
})

test('rejects rows whose different fields would form a huge table', () => {
  const records = Array.from({ length: 3000 }, (_, row) => ({ [`field ${row}`]: row }))
  for (const input of [{ dataframe_records: records }, { instances: records }, { inputs: records }])
    expect(() => toFrame(parseInput(input))).toThrow(/at most 4000000 cells, got 3000 rows of 3000/)
})

test('missing cells of an optional column are null', () => {
  for (const type of ['integer', 'long', 'boolean', 'binary', 'double', 'string'])
    expect(castColumn([null, undefined], { type, name: 'a', required: false }, 'a')).toEqual([null, null])
})

test.each([
  ['2021-01-01', true],
  ['2020-02-29T23:59:59.123456789Z', true],
  ['2021-01-01 10:11:12+09:00', true],
  ['2021-02-29', false],
  ['2021-13-01', false],
  ['2021-01-01T25:00', false],
  ['20210101', false],
  ['', false],
])('%j is a date: %s', (text, wanted) => {
  expect(isDate(text)).toBe(wanted)
})

describe('params recorded of MLflow 3.17', () => {
  interface Recorded {
    readonly schema: readonly Param[]
    readonly params: unknown
    readonly result: Readonly<Record<string, unknown>> | null
  }

  /** Dates stay text. */
  const dates = (_: string, value: unknown) =>
    isRow(value) && typeof value.datetime === 'string' ? value.datetime : value

  test.each(
    readGolden<Recorded>('params.jsonl').map(
      (one) => [one.schema[0]!.type, JSON.stringify(one.params), one] as const,
    ),
  )('%s: %s', (_, __, { schema, params, result }) => {
    const outcome = attempt(() => parseParams(params, schema))
    expect(outcome).toEqual(JSON.parse(JSON.stringify(result), dates))
  })
})
