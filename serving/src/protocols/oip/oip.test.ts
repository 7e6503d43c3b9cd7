import { gzipSync } from 'node:zlib'
import { loadModel } from '@cairn/flavors/load'
import type { Signature } from '@cairn/flavors/mlmodel/signature'
import { predict } from '@cairn/flavors/testing/predict'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import { unzipGolden } from '@cairn/flavors/xgboost/testing/golden'
import { newFolder } from '@cairn/platform/testing/folders'
import { describe, expect, test } from 'vitest'
import type { ModelDescription, RequestBody } from '../protocol.js'
import { openInference } from './oip.js'

const columns = (...names: string[]): Signature => ({
  inputs: names.map((name) => ({ type: 'double', name, required: true })),
  outputs: [{ type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1] } }],
})

const TABLE: ModelDescription = {
  name: 'm',
  version: '3',
  flavor: 'xgboost',
  signature: columns('a', 'b', 'c', 'd'),
}

const read = (request: unknown, model = TABLE, more: Partial<RequestBody> = {}) =>
  openInference.read(
    {
      bytes: Buffer.from(typeof request === 'string' ? request : JSON.stringify(request)),
      contentType: 'application/json',
      ...more,
    },
    model,
  )

const tensor = (name: string, datatype: string, shape: number[], data: unknown) => ({
  name,
  datatype,
  shape,
  data,
})
const matrix = tensor('x', 'FP32', [2, 4], [1, 2, 3, 4, 0.5, null, 1, 2])

/** A value that no message may repeat. */
const SECRET = 'correct-horse'

describe('a model of columns', () => {
  const split = {
    dataframe_split: {
      columns: ['a', 'b', 'c', 'd'],
      data: [
        [1, 2, 3, 4],
        [0.5, null, 1, 2],
      ],
    },
  }

  test('takes one tensor of rows and columns, flat or nested', () => {
    expect(read({ inputs: [matrix] })).toMatchObject({ input: split, rows: 2 })
    const nested = [
      [1, 2, 3, 4],
      [0.5, null, 1, 2],
    ]
    expect(read({ inputs: [{ ...matrix, data: nested }] }).input).toEqual(split)
  })

  test("takes one tensor per column, as MLServer's clients send a data frame", () => {
    const request = {
      parameters: { content_type: 'pd' },
      inputs: [
        tensor('b', 'FP64', [2, 1], [2, null]),
        tensor('a', 'FP64', [2], [1, 0.5]),
        tensor('name', 'BYTES', [2], ['x', 'y']),
      ],
    }
    expect(read(request).input.dataframe_split).toEqual({
      columns: ['b', 'a', 'name'],
      data: [
        [2, 1, 'x'],
        [null, 0.5, 'y'],
      ],
    })
  })

  test('without a signature takes a matrix by position', () => {
    const { input } = read({ inputs: [matrix] }, { name: 'm', version: '3', flavor: 'xgboost' })
    expect(input).toEqual({ inputs: split.dataframe_split.data })
  })

  test.each([
    [[tensor('x', 'FP32', [1, 3], [1, 2, 3])], /'x' has 3 columns; the model takes 4/],
    [[tensor('a', 'FP32', [1], [1]), tensor('b', 'FP32', [2], [1, 2])], /'b' has 2 rows where 'a' has 1/],
  ])('rejects other shapes', (inputs, message) => {
    expect(() => read({ inputs })).toThrow(message)
  })
})

test('a recommender takes the lists of each row, or one list', () => {
  const signature: Signature = {
    inputs: [
      { type: 'long', name: 'user_id', required: false },
      { type: 'array', name: 'history', items: { type: 'long' }, required: false },
      { type: 'long', name: 'k', required: false },
    ],
  }
  const model = { ...TABLE, flavor: 'als', signature }
  const one = [tensor('history', 'INT64', [3], [7, 8, 9]), tensor('k', 'INT32', [1], [2])]
  expect(read({ inputs: one }, model)).toMatchObject({
    input: { dataframe_split: { columns: ['history', 'k'], data: [[[7, 8, 9], 2]] } },
    rows: 1,
  })
  const two = [tensor('history', 'INT64', [2, 2], [7, 8, 9, 7]), tensor('k', 'INT32', [2, 1], [2, 3])]
  expect(read({ inputs: two }, model).input.dataframe_split?.data).toEqual([
    [[7, 8], 2],
    [[9, 7], 3],
  ])
})

describe('a model of tensors', () => {
  const graph = { name: 'g', version: '1', flavor: 'onnx' }

  test('takes nested lists by name', () => {
    const inputs = [tensor('X', 'FP32', [1, 2, 2], [1, 2, 3, 4]), tensor('n', 'INT64', [], [5])]
    expect(read({ inputs }, graph).input).toEqual({
      inputs: {
        X: [
          [
            [1, 2],
            [3, 4],
          ],
        ],
        n: 5,
      },
    })
  })

  test('with one unnamed input takes a tensor of any name', () => {
    const spec = { type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 4] } }
    const { input } = read({ inputs: [matrix] }, { ...graph, signature: { inputs: [spec] } })
    expect(input).toEqual({
      inputs: [
        [1, 2, 3, 4],
        [0.5, null, 1, 2],
      ],
    })
  })

  test('takes a data frame if the client marks it', () => {
    const request = { parameters: { content_type: 'pd' }, inputs: [tensor('a', 'INT8', [2], [1, 2])] }
    expect(read(request, graph).input).toEqual({ dataframe_split: { columns: ['a'], data: [[1], [2]] } })
  })
})

test('returns the id and the params of the signature', () => {
  const signature = { ...TABLE.signature, params: [{ name: 'k', type: 'long', default: 10 }] }
  const request = { id: 'r-7', inputs: [matrix], parameters: { k: 3, other: 1, content_type: 'np' } }
  const { clientRequestId, params } = read(request, { ...TABLE, signature })
  expect({ clientRequestId, params }).toEqual({ clientRequestId: 'r-7', params: { k: 3 } })
})

const x = (datatype: string, shape: number[], data: unknown) => ({
  inputs: [tensor('x', datatype, shape, data)],
})

test.each<[unknown, RegExp]>([
  ['{', /not valid JSON/],
  [[1], /must be an object with 'inputs'/],
  [{}, /'inputs' must be a list of tensors/],
  [{ inputs: [] }, /'inputs' must be a list of tensors/],
  [{ inputs: Array.from({ length: 10_001 }, () => 0) }, /at most 10000 tensors, got 10001/],
  [{ inputs: [SECRET] }, /'inputs\[0\]' must be an object with a name/],
  [{ id: 7, inputs: [matrix] }, /'id' must be text/],
  [{ parameters: SECRET, inputs: [matrix] }, /'parameters' must be an object/],
  [x(SECRET, [1], [1]), /datatype of input 'x' must be one of: BOOL, INT8/],
  [x('toString', [1], [1]), /datatype of input 'x'/],
  [x('FP32', [-1], [1]), /shape of input 'x'/],
  [x('FP32', [1.5], [1]), /shape of input 'x'/],
  [x('FP32', [1, 0], []), /shape of input 'x'/],
  [x('FP32', Array(17).fill(1), [1]), /shape of input 'x'/],
  [x('FP32', [2 ** 40, 2 ** 40], [1]), /'x' has 1 elements where its shape has/],
  [x('FP32', [2, 4], [1, 2]), /'x' has 2 elements where its shape has 8/],
  [x('FP32', [1], SECRET), /'x' has no list 'data'/],
  [x('FP32', [2], [1, SECRET]), /Element 1 of input 'x' must be a number/],
  [x('FP32', [1], [1e39]), /Element 0 of input 'x' must be a number in the range/],
  [x('FP16', [1], [65_505]), /Element 0 of input 'x'/],
  [x('INT8', [1], [128]), /an integer from -128 to 127/],
  [x('UINT8', [1], [-1]), /an integer from 0 to 255/],
  [x('INT32', [1], [1.5]), /an integer from -2147483648/],
  [x('INT64', [1], ['9223372036854775808']), /an integer from -9223372036854775808/],
  [x('UINT64', [1], [-1]), /an integer from 0/],
  [`{"inputs": [${'1'.repeat(1_000_000)}]}`, /'inputs\[0\]' must be an object/],
  [x('INT64', [1], [null]), /Element 0 of input 'x'/],
  [x('BOOL', [1], [2]), /true or false/],
  [x('BYTES', [1], [7]), /Element 0 of input 'x' must be text/],
  [{ inputs: [matrix, matrix] }, /'inputs' has 'x' twice/],
  [{ inputs: [{ ...matrix, parameters: { shared_memory_region: 'r' } }] }, /shared memory/],
  [{ inputs: [{ ...matrix, parameters: { binary_data_size: -1 } }] }, /'binary_data_size' of input 'x'/],
  [
    { inputs: [{ ...matrix, parameters: { binary_data_size: 32 } }] },
    /binary data of input 'x' is incomplete/,
  ],
  [{ inputs: [matrix], outputs: {} }, /'outputs' must be a list/],
  [{ inputs: [matrix], outputs: [{}] }, /'outputs\[0\]' must be an object with a name/],
  [{ inputs: [matrix], outputs: [{ name: 'y' }, { name: 'y' }] }, /'outputs' has 'y' twice/],
  [{ inputs: [matrix], outputs: [{ name: 'y', parameters: { classification: 3 } }] }, /classification/],
  [x('FP32', [10_001, 1], Array(10_001).fill(0)), /at most 10000 rows/],
])('%.60j is rejected', (request, message) => {
  const model = { name: 'g', version: '1', flavor: 'onnx' }
  const call = () => read(request, model)
  expect(call).toThrow(
    expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(message) }),
  )
  expect(call).not.toThrow(SECRET)
})

test('integers beyond 2^53 are exact in both directions', () => {
  const model: ModelDescription = {
    name: 'g',
    version: '1',
    flavor: 'onnx',
    signature: { outputs: [{ type: 'long', name: 'y' }] },
  }
  const data = '[1, -9223372036854775808, 9007199254740993]'
  const body = `{"id": "9007199254740993", "inputs": [{"name": "x", "datatype": "INT64", "shape": [3], "data": ${data}}]}`
  const { input, write, clientRequestId } = read(body, model)
  expect(input).toEqual({ inputs: { x: [1, '-9223372036854775808', '9007199254740993'] } })
  expect(clientRequestId).toBe('9007199254740993')
  expect(write({ y: (input.inputs as { x: unknown }).x }).body).toContain(
    '"data":[1,-9223372036854775808,9007199254740993]',
  )
  const floats = body
    .replace('INT64', 'FP64')
    .replace(data, '[0.12345678901234567, 18446744073709551616, -1e300]')
  expect(read(floats, model).input).toEqual({
    inputs: { x: [Number('0.12345678901234567'), 2 ** 64, -1e300] },
  })
})

test('numbers are rounded to their datatype', () => {
  const inputs = [tensor('x', 'FP32', [1], [0.1]), tensor('y', 'FP64', [1], [0.1])]
  const { input } = read({ inputs }, { name: 'g', version: '1', flavor: 'onnx' })
  expect(input).toEqual({ inputs: { x: [Math.fround(0.1)], y: [0.1] } })
})

describe('the content', () => {
  test('may be compressed', () => {
    const bytes = gzipSync(JSON.stringify({ inputs: [matrix] }))
    expect(read('', TABLE, { bytes, contentEncoding: 'gzip' }).rows).toBe(2)
  })

  test('may have no type or be an octet stream', () => {
    const bytes = Buffer.from(JSON.stringify({ inputs: [matrix] }))
    expect(openInference.read({ bytes }, TABLE).rows).toBe(2)
    expect(openInference.read({ bytes, contentType: 'application/octet-stream' }, TABLE).rows).toBe(2)
    expect(() => openInference.read({ bytes, contentType: 'text/csv' }, TABLE)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_MEDIA_TYPE' }),
    )
  })
})

test('an XGBoost model saved by MLflow predicts like through its scoring server', async () => {
  const folder = newFolder()
  await writeFolder(folder, {
    MLmodel: unzipGolden('serving/MLmodel').toString(),
    'model.ubj': unzipGolden('serving/model.ubj'),
  })
  const model = await loadModel(folder)
  const { flavor, signature } = model
  const { input, write } = read(
    { id: 'r', inputs: [matrix] },
    { name: 'm', version: '3', flavor, signature: signature! },
  )
  expect(JSON.parse(String(write(await predict(model, input)).body))).toEqual({
    model_name: 'm',
    model_version: '3',
    id: 'r',
    outputs: [
      { name: 'predict', datatype: 'FP32', shape: [2], data: [0.9995771050453186, 0.9995386600494385] },
    ],
  })
})
