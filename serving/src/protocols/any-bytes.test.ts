import type { Signature } from '@cairn/flavors/mlmodel/signature'
import { parseInput, toFrame } from '@cairn/flavors/scoring-protocol/model-input'
import { parseRows } from '@cairn/flavors/scoring-protocol/scoring-input'
import { ApiError } from '@cairn/platform/errors'
import { share } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mlflow } from './mlflow/mlflow.js'
import { openInference } from './oip/oip.js'
import type { ModelDescription } from './protocol.js'

const SIGNATURES: readonly (Signature | undefined)[] = [
  undefined,
  {
    inputs: [
      { type: 'double', name: 'a' },
      { type: 'long', name: 'b', required: false },
      { type: 'string', name: 'c', required: false },
    ],
    params: [{ name: 'k', type: 'long', default: 1 }],
  },
  {
    inputs: [
      { type: 'array', name: 'a', items: { type: 'long' } },
      { type: 'datetime', name: 'b' },
    ],
  },
  { inputs: [{ type: 'float' }, { type: 'boolean' }] },
  { inputs: [{ type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 2] } }] },
  { inputs: [{ type: 'tensor', name: 'a', 'tensor-spec': { dtype: 'float32', shape: [-1, 2, 2] } }] },
]

const models = fc
  .record({ signature: fc.constantFrom(...SIGNATURES), flavor: fc.constantFrom('xgboost', 'onnx', 'als') })
  .map(
    ({ signature, flavor }): ModelDescription => ({
      name: 'm',
      version: '1',
      flavor,
      ...(signature && { signature }),
    }),
  )

/** A value that no message may repeat; names of fields may be. */
const SECRET = 'correct-horse'

const names = fc.constantFrom('a', 'b', 'c', '0', '__proto__', 'length')
const leaf = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.boolean(),
  fc.constantFrom(null, SECRET, '1.5', 2 ** 60, 'true', '2021-01-01', 'AQID'),
)
const value = fc.oneof(leaf, fc.array(leaf), fc.array(fc.array(leaf)), fc.dictionary(names, leaf))
const rows = fc.array(fc.oneof(value, fc.dictionary(names, value)))
const mlflowBody = fc.dictionary(
  fc.constantFrom(
    'dataframe_split',
    'dataframe_records',
    'instances',
    'inputs',
    'params',
    'client_request_id',
  ),
  fc.oneof(
    value,
    rows,
    fc.record({ columns: fc.oneof(fc.array(names), leaf), data: rows, index: value }, { requiredKeys: [] }),
    fc.dictionary(names, value),
  ),
  { maxKeys: 3 },
)
const datatype = fc.constantFrom('FP32', 'FP64', 'FP16', 'INT8', 'INT64', 'UINT64', 'BOOL', 'BYTES', 'x', 7)
const parameters = fc.dictionary(
  fc.constantFrom('binary_data_size', 'content_type', 'binary_data_output', 'binary_data', 'k'),
  fc.oneof(value, fc.nat(40), fc.constantFrom('pd', true)),
)
/** Mostly valid tensors. */
const tensor = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }).chain((shape) => {
  const elements = shape.reduce((product, length) => product * length, 1)
  const lists = (one: fc.Arbitrary<unknown>) => fc.array(one, { minLength: elements, maxLength: elements })
  return fc.record(
    {
      name: fc.oneof({ weight: 9, arbitrary: names }, { weight: 1, arbitrary: fc.nat() }),
      datatype,
      shape: fc.oneof({ weight: 9, arbitrary: fc.constant(shape) }, { weight: 1, arbitrary: value }),
      data: fc.oneof(lists(fc.nat(1)), lists(fc.string()), lists(leaf), rows),
      parameters: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: parameters }),
    },
    { requiredKeys: ['name', 'shape', 'datatype', 'data'] },
  )
})
const oipBody = fc.record(
  {
    id: fc.oneof({ weight: 4, arbitrary: fc.string() }, { weight: 1, arbitrary: value }),
    parameters: fc.oneof({ weight: 4, arbitrary: parameters }, { weight: 1, arbitrary: value }),
    inputs: fc.oneof(
      { weight: 4, arbitrary: fc.array(tensor, { minLength: 1, maxLength: 3 }) },
      { weight: 1, arbitrary: value },
    ),
    outputs: fc.oneof(
      { weight: 4, arbitrary: fc.constant(null) },
      value,
      fc.array(fc.record({ name: names, parameters })),
    ),
  },
  { requiredKeys: ['inputs'] },
)

const headers = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ contentType: 'application/json' }) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        contentType: fc.constantFrom('text/csv', 'application/octet-stream', ';;', 'a/b; c="d'),
        contentEncoding: fc.constantFrom('gzip', 'deflate', 'identity', '', 'br'),
        jsonLength: fc.oneof(fc.nat(100), fc.double()),
      },
      { requiredKeys: [] },
    ),
  },
)

const otherBytes = fc.oneof(
  fc.uint8Array(),
  fc.string().map((text) => Buffer.from(`a,b,c\n${text}`)),
)
const requestsOf = (body: fc.Arbitrary<object>) =>
  fc
    .tuple(
      fc.oneof({ weight: 4, arbitrary: body.map((json) => Buffer.from(JSON.stringify(json))) }, otherBytes),
      headers,
    )
    .map(([bytes, header]) => ({ bytes, ...header }))

describe.each([
  ["MLflow's protocol", mlflow, requestsOf(mlflowBody)],
  ['Open Inference', openInference, requestsOf(oipBody)],
] as const)('%s', (_, protocol, requests) => {
  test('reads any bytes, or rejects them without repeating a value', () => {
    const runs = share(5000)
    let read = 0
    fc.assert(
      fc.property(requests, models, value, (request, model, predictions) => {
        try {
          const { input, write } = protocol.read(request, model)
          read++
          write(predictions)
          if (model.flavor === 'als') parseRows(input)
          else toFrame(parseInput(input, model.signature))
        } catch (error) {
          if (!(error instanceof ApiError)) throw error
          expect(error.statusCode).toBeLessThan(500)
          expect(error.message).not.toContain(SECRET)
        }
      }),
      { numRuns: runs },
    )
    expect(read).toBeGreaterThan(0)
  })
})
