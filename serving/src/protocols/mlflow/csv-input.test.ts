import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Column, Signature } from '@cairn/flavors/mlmodel/signature'
import { parseInput, toFrame } from '@cairn/flavors/scoring-protocol/model-input'
import { ApiError } from '@cairn/platform/errors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csvRecords } from './csv.js'
import { parseCsv } from './csv-input.js'

const signature: Signature = {
  inputs: [
    { type: 'double', name: 'x' },
    { type: 'long', name: 'n' },
    { type: 'boolean', name: 'b' },
    { type: 'string', name: 's' },
  ],
}

const table = (text: string, types?: Signature) => parseCsv(text, types).dataframe_split

describe('the columns of a CSV text', () => {
  test('have the types of the signature; cells that pandas reads as missing are null', () => {
    const text = 's,b,n,x\n1,True,7,1e3\nNA,false,-2,\n"a, ""b""",TRUE,3,NaN\n'
    expect(table(text, signature)).toEqual({
      columns: ['s', 'b', 'n', 'x'],
      data: [
        ['1', true, 7, 1000],
        [null, false, -2, null],
        ['a, "b"', true, 3, null],
      ],
    })
  })

  test('are inferred without a signature', () => {
    expect(table('i,f,b,t,m\n1,0.5,true,a,\n2,inf,False,2,\n')).toEqual({
      columns: ['i', 'f', 'b', 't', 'm'],
      data: [
        [1, 0.5, true, 'a', null],
        [2, Number.POSITIVE_INFINITY, false, '2', null],
      ],
    })
  })

  test('are typed by position if the signature has no names', () => {
    const types = { inputs: [{ type: 'string' }, { type: 'double' }] }
    expect(table('x,y\n1,2', types)?.data).toEqual([['1', 2]])
  })

  test('without a name are those of an index written by pandas', () => {
    expect(table(',x\n0,5')).toEqual({ columns: ['Unnamed: 0', 'x'], data: [[0, 5]] })
  })

  test('are missing at the end of a short row', () => {
    expect(table('x,y\n1\n')?.data).toEqual([[1, null]])
  })
})

test.each([
  ['', /no columns/],
  ['\n\n', /no columns/],
  ['x\n"1', /Line 2: a quoted field has no end/],
  ['x\n\n"1"2', /Line 3: a quoted field must be followed by/],
  ['x,y\n1,2\n1,2,3', /Row 1 has 3 fields where the header has 2/],
  [`x\n${'1\n'.repeat(10_001)}`, /at most 10000 rows/],
  [
    `${'x,'.repeat(1000)}\n${','.repeat(10)}\n${',\n'.repeat(5000)}`,
    /at most 4000000 cells, got 3997 rows of 1001/,
  ],
  [','.repeat(100_001), /Line 1 has more than 100000 fields/],
])('rejects %.20j', (text, message) => {
  expect(() => table(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(message) }),
  )
})

test.each([
  ['x', '1.5.2', /Column 'x', row 0 must be a number/],
  ['n', '1.5', /Column 'n', row 0 must be an integer/],
  ['n', 'NA', /Column 'n', row 0 is missing/],
  ['b', 'yes', /Column 'b', row 0 must be true or false/],
])('rejects column %s with %j', (name, cell, message) => {
  expect(() => table(`${name}\n${cell}`, signature)).toThrow(message)
})

describe('recorded CSV texts of MLflow 3.17', () => {
  interface Recorded {
    readonly inputs: readonly Column[]
    readonly text: string
    /** Null if it is rejected. */
    readonly columns: Readonly<Record<string, readonly unknown[]>> | null
  }
  const file = new URL('./golden/csv.jsonl', import.meta.url)
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const recorded = lines.map((line) => JSON.parse(line) as Recorded)
  const finite = (cell: unknown) =>
    typeof cell === 'number' && Math.abs(cell) === Number.POSITIVE_INFINITY ? String(cell) : cell

  test.each(recorded.map((one) => [one.inputs[0]!.type, one.text, one] as const))(
    '%s: %j',
    (type, text, { inputs, columns }) => {
      const read = () => [...toFrame(parseInput(parseCsv(text, { inputs }), { inputs })).columns]
      const outcome = attempt(() =>
        Object.fromEntries(read().map(([name, cells]) => [name, cells.map(finite)])),
      )
      if (DIFFERENT.has(`${type} ${text}`)) expect(outcome).not.toEqual(columns)
      else expect(outcome ?? null).toEqual(columns)
    },
  )
})

/** Integers beyond 2^53 are text, which is exact, and equal names are ambiguous. */
const DIFFERENT = new Set(['long x,z\n9223372036854775807,9\n', 'double x,x\n1,2'])

/** Writes every field in quotes, so that any text is one. */
const quoted = (records: readonly (readonly string[])[], lineEnd: string) =>
  records.map((fields) => fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')).join(lineEnd)

const cell = fc.oneof(fc.string(), fc.constantFrom(',', '"', '\n', '\r\n', 'a"b', '', ' '))
const records = fc
  .integer({ min: 1, max: 5 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }))

test('reads what was written', () => {
  fc.assert(
    fc.property(records, fc.constantFrom('\n', '\r\n', '\r'), (rows, lineEnd) => {
      expect([...csvRecords(quoted(rows, lineEnd))]).toEqual(rows)
      expect([...csvRecords(quoted(rows, lineEnd) + lineEnd)]).toEqual(rows)
    }),
  )
})

const python = process.env.TEST_PYTHON

test.skipIf(!python)(
  'reads the same cells as pandas (TEST_PYTHON: a Python with pandas)',
  { timeout: 60_000 },
  () => {
    const piece = fc.constantFrom(
      'a',
      '1',
      '2.5',
      ',',
      ',',
      '\n',
      '\n',
      '\r\n',
      '"b"',
      '""',
      '"c,\n"',
      '-3',
      'NA',
    )
    const texts = fc.sample(
      fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join('')),
      2000,
    )
    const script = `
import io, json, sys, pandas as pd
def read(text):
    try:
        frame = pd.read_csv(io.StringIO(text), dtype=object, index_col=False)
        return json.loads(frame.to_json(orient='split', index=False))
    except Exception:
        return None
print(json.dumps([read(text) for text in json.load(sys.stdin)]))`
    const output = execFileSync(python!, ['-W', 'ignore', '-c', script], { input: JSON.stringify(texts) })
    const expected = JSON.parse(String(output)) as ({ columns: string[]; data: unknown[][] } | null)[]
    let compared = 0
    for (const [at, text] of texts.entries()) {
      const wanted = expected[at]
      const outcome = attempt(() => [...csvRecords(text)])
      // Pandas accepts text after a closing quote, and renames columns of equal names
      if (!wanted || !outcome || wanted.columns.some((name) => /\.\d|Unnamed/.test(name))) continue
      if (outcome.some((record) => record.length > outcome[0]!.length)) continue
      const types = { inputs: wanted.columns.map((name) => ({ type: 'string', name, required: false })) }
      expect(table(text, types), JSON.stringify(text)).toEqual(wanted)
      compared++
    }
    expect(compared).toBeGreaterThan(200)
  },
)

function attempt<T>(compute: () => T): T | undefined {
  try {
    return compute()
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}
