import type { Signature } from '@cairn/flavors/mlmodel/signature'
import { parseInput, toFrame } from '@cairn/flavors/scoring-protocol/model-input'
import { describe, expect, test } from 'vitest'
import { mlflow } from './mlflow.js'

/** The subjects of MLflow's own tests of its scoring server, up to the input of the model. */

function read(body: unknown, signature?: Signature, contentType = 'application/json') {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const model = { name: 'm', version: '1', flavor: 'onnx', ...(signature && { signature }) }
  return parseInput(mlflow.read({ bytes, contentType }, model).input, signature)
}

const columnsOf = (...args: Parameters<typeof read>) => Object.fromEntries(toFrame(read(...args)).columns)

describe('a data frame of all types', () => {
  const types = ['boolean', 'integer', 'long', 'float', 'double', 'binary', 'datetime', 'string']
  const signature = { inputs: types.map((type) => ({ type, name: type, required: true })) }
  /** As Python's encoder writes them; base64 ends with a line feed. */
  const sent: Record<string, readonly unknown[]> = {
    string: ['a', 'b'],
    binary: ['AQID\n', 'BAUG\n'],
    boolean: [true, false],
    long: [1, 2],
    integer: [1, 2],
    double: [Math.PI, 2 * Math.PI],
    float: [Math.fround(Math.PI), 0.5],
    datetime: ['2021-01-01 00:00:00', '2021-03-03T12:00:00'],
  }
  const received = { ...sent, binary: [Buffer.of(1, 2, 3), Buffer.of(4, 5, 6)] }
  const names = Object.keys(sent)
  const rows = [0, 1].map((row) => names.map((name) => sent[name]![row]))
  const records = rows.map((row) => Object.fromEntries(row.map((cell, at) => [names[at]!, cell])))

  test.each([
    [{ dataframe_split: { columns: names, index: [0, 1], data: rows } }],
    [{ dataframe_records: records }],
    [{ inputs: sent }],
    [{ inputs: records }],
    [{ instances: records }],
  ])('has the types and order of the signature: %.40j', (body) => {
    const columns = columnsOf(body, signature)
    expect(Object.keys(columns)).toEqual(types)
    expect(columns).toEqual(received)
  })

  test('has all types in CSV too', () => {
    const csvTypes = types.filter((type) => type !== 'binary')
    const inputs = csvTypes.map((type) => ({ type, name: type, required: true }))
    const lines = [csvTypes, ...[0, 1].map((row) => csvTypes.map((type) => sent[type]![row]))]
    const text = lines.map((line) => line.join(',')).join('\n')
    const { binary: _, ...wanted } = sent
    expect(columnsOf(text, { inputs }, 'text/csv')).toEqual(wanted)
  })
})

test('text of digits stays text without a signature', () => {
  const records = [
    { zip: '95120', cost: 10.45, score: 8 },
    { zip: '95128', cost: 23, score: 0 },
  ]
  expect(columnsOf({ dataframe_records: records }).zip).toEqual(['95120', '95128'])
  const split = { columns: ['zip', 'cost'], index: [0], data: [['95120', 10.45]] }
  expect(columnsOf({ dataframe_split: split }).zip).toEqual(['95120'])
})

test('values that pandas would change beyond recognition are rejected', () => {
  const cases: [string, unknown][] = [
    ['integer', 9007199254740991],
    ['boolean', 'some arbitrary string'],
  ]
  for (const [type, value] of cases)
    expect(() => read({ dataframe_records: [{ a: value }] }, { inputs: [{ type, name: 'a' }] })).toThrow(
      /^Column 'a', row 0 must be/,
    )
})

describe('TensorFlow requests', () => {
  const spec = { dtype: 'float32', shape: [-1, 2] }
  const named = { inputs: ['a', 'b'].map((name) => ({ type: 'tensor', name, 'tensor-spec': spec })) }
  const tensors = { kind: 'tensors', tensors: { a: [[1, 2]], b: [[3, 4]] } }

  test('have the tensors in rows or by name', () => {
    expect(read({ instances: [{ a: [1, 2], b: [3, 4] }] }, named)).toEqual(tensors)
    expect(read({ inputs: { a: [[1, 2]], b: [[3, 4]] } }, named)).toEqual(tensors)
  })

  test('have one array for an unnamed tensor', () => {
    const unnamed = { inputs: [{ type: 'tensor', 'tensor-spec': spec }] }
    const array = { kind: 'array', array: [[1, 2]] }
    expect(read({ instances: [[1, 2]] }, unnamed)).toEqual(array)
    expect(read({ inputs: [[1, 2]] }, unnamed)).toEqual(array)
    expect(read({ dataframe_split: { columns: [0, 1], data: [[1, 2]] } }, unnamed)).toEqual(array)
  })

  test('reshape the flat lists of a data frame', () => {
    const image = { type: 'tensor', name: 'x', 'tensor-spec': { dtype: 'float32', shape: [-1, 2, 2] } }
    const body = { dataframe_records: [{ x: [1, 2, 3, 4] }] }
    expect(read(body, { inputs: [image] })).toMatchObject({
      tensors: {
        x: [
          [
            [1, 2],
            [3, 4],
          ],
        ],
      },
    })
  })
})

test.each<[unknown, RegExp]>([
  ['this is,,,, not valid json', /not valid JSON/],
  [1, /JSON dictionary with exactly one of the input fields/],
  ['"1"', /JSON dictionary with exactly one of the input fields/],
  [[1], /JSON dictionary with exactly one of the input fields/],
  [{ not: 'a serialized dataframe' }, /exactly one of the input fields/],
  [{ dataframe_records: [], dataframe_split: { data: [] } }, /exactly one of the input fields/],
  [{ dataframe_split: [{ a: 1 }] }, /'dataframe_split' must be an object/],
  [{ dataframe_records: { columns: ['a'], data: [[1]] } }, /'dataframe_records' must be a list/],
  [{ dataframe_split: { index: [1, 2], data: [[1], [2], [3]] } }, /'dataframe_split.index'/],
])('rejects %j', (body, message) => {
  expect(() => read(body)).toThrow(message)
})
