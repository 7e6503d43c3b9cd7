import type { Signature } from '@cairn/flavors/mlmodel/signature'
import { describe, expect, test } from 'vitest'
import type { InferRequest } from './infer-request.js'
import { formatInferResponse } from './infer-response.js'
import { toTensors } from './output-tensors.js'

const format = (predictions: unknown, signature?: Signature, request: Partial<InferRequest> = {}) =>
  formatInferResponse(
    toTensors(predictions, signature),
    { parameters: {}, inputs: [], isFrame: false, isBinary: false, ...request },
    { name: 'm', version: '1', flavor: 'x', ...(signature && { signature }) },
  )
const outputs = (...args: Parameters<typeof format>) =>
  (JSON.parse(String(format(...args).body)) as { outputs: unknown[] }).outputs

describe('the outputs without a signature', () => {
  test.each([
    [[1, 0.5], [{ name: 'predict', datatype: 'FP64', shape: [2], data: [1, 0.5] }]],
    [[1, Number.POSITIVE_INFINITY], [{ name: 'predict', datatype: 'FP64', shape: [2], data: [1, null] }]],
    [[1, Number.NaN, null], [{ name: 'predict', datatype: 'FP64', shape: [3], data: [1, null, null] }]],
    [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [{ name: 'predict', datatype: 'FP64', shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }],
    ],
    [['a', 'b'], [{ name: 'predict', datatype: 'BYTES', shape: [2], data: ['a', 'b'] }]],
    [[true, false], [{ name: 'predict', datatype: 'BOOL', shape: [2], data: [true, false] }]],
    [7, [{ name: 'predict', datatype: 'FP64', shape: [1], data: [7] }]],
    [[[1], [2, 3]], [{ name: 'predict', datatype: 'BYTES', shape: [2], data: ['[1]', '[2,3]'] }]],
    [[], [{ name: 'predict', datatype: 'FP64', shape: [0], data: [] }]],
    [
      ['1234567890123456789'],
      [{ name: 'predict', datatype: 'BYTES', shape: [1], data: ['1234567890123456789'] }],
    ],
    [['a', 1], [{ name: 'predict', datatype: 'BYTES', shape: [2], data: ['a', '1'] }]],
    [[true, 1.5], [{ name: 'predict', datatype: 'BYTES', shape: [2], data: ['true', '1.5'] }]],
    [
      [
        { y: 1, label: 'a' },
        { y: 2, label: 'b' },
      ],
      [
        { name: 'y', datatype: 'FP64', shape: [2], data: [1, 2] },
        { name: 'label', datatype: 'BYTES', shape: [2], data: ['a', 'b'] },
      ],
    ],
    [
      { X: [[1, 2]], flag: [true] },
      [
        { name: 'X', datatype: 'FP64', shape: [1, 2], data: [1, 2] },
        { name: 'flag', datatype: 'BOOL', shape: [1], data: [true] },
      ],
    ],
  ])('of %j', (predictions, wanted) => {
    expect(outputs(predictions)).toEqual(wanted)
  })
})

test('integers beyond 2^53 among numbers are exact', () => {
  expect(format([1, '9223372036854775807']).body).toContain(
    '"datatype":"INT64","shape":[2],"data":[1,9223372036854775807]',
  )
})

describe('the datatypes of the signature', () => {
  test.each([
    ['float', 'FP32'],
    ['double', 'FP64'],
    ['integer', 'INT32'],
    ['long', 'INT64'],
  ])('%s is %s', (type, datatype) => {
    expect(outputs([1, 2], { outputs: [{ type, name: 'y' }] })).toEqual([
      { name: 'y', datatype, shape: [2], data: [1, 2] },
    ])
  })

  test('use single precision for half precision', () => {
    const column = { type: 'tensor', name: 'y', 'tensor-spec': { dtype: 'float16', shape: [-1] } }
    const request = { isBinary: true }
    const { body, jsonLength = 0 } = format({ y: [0.5, 2] }, { outputs: [column] }, request)
    expect(Buffer.from(body).readFloatLE(jsonLength + 4)).toBe(2)
  })

  test('are kept without rows', () => {
    const signature = {
      outputs: [
        { type: 'long', name: 'y' },
        { type: 'string', name: 'label' },
      ],
    }
    expect(outputs([], signature)).toEqual([
      { name: 'y', datatype: 'INT64', shape: [0], data: [] },
      { name: 'label', datatype: 'BYTES', shape: [0], data: [] },
    ])
  })

  test('are replaced if they cannot hold the values', () => {
    expect(outputs([1.5], { outputs: [{ type: 'long', name: 'y' }] })).toMatchObject([{ datatype: 'FP64' }])
    expect(outputs(['a'], { outputs: [{ type: 'float', name: 'y' }] })).toMatchObject([{ datatype: 'BYTES' }])
  })
})

test('recommendations are JSON, one text for each row', () => {
  const signature = {
    outputs: [
      { type: 'array', name: 'recommendations', items: { type: 'object' } },
      { type: 'string', name: 'source' },
      { type: 'array', name: 'notices', items: { type: 'string' } },
    ],
  }
  const recommendations = [{ item_id: 1, score: 0.5 }]
  expect(outputs([{ recommendations, source: 'history', notices: [] }], signature)).toEqual([
    { name: 'recommendations', datatype: 'BYTES', shape: [1], data: [JSON.stringify(recommendations)] },
    { name: 'source', datatype: 'BYTES', shape: [1], data: ['history'] },
    { name: 'notices', datatype: 'BYTES', shape: [1], data: ['[]'] },
  ])
})

describe('requested outputs', () => {
  const predictions = [{ y: 1, label: 'a' }]

  test('are selected in their order', () => {
    const requested = { outputs: [{ name: 'label' }, { name: 'y' }] }
    expect(outputs(predictions, undefined, requested)).toMatchObject([{ name: 'label' }, { name: 'y' }])
    expect(outputs(predictions, undefined, { outputs: [{ name: 'y' }] })).toHaveLength(1)
  })

  test('must exist', () => {
    expect(() => format(predictions, undefined, { outputs: [{ name: 'z' }] })).toThrow(
      /no output 'z'; its outputs: 'y', 'label'/,
    )
  })
})
