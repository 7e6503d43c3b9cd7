import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RequestBody } from '../protocol.js'
import { openInference } from './oip.js'

const GRAPH = { name: 'g', version: '1', flavor: 'onnx' }

interface BinaryInput {
  readonly datatype: string
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

function requestOf(inputs: readonly BinaryInput[], more: object = {}): RequestBody {
  const json = Buffer.from(
    JSON.stringify({
      ...more,
      inputs: inputs.map(({ datatype, shape, bytes }, at) => ({
        name: `x${at}`,
        datatype,
        shape,
        parameters: { binary_data_size: bytes.byteLength },
      })),
    }),
  )
  return {
    bytes: Buffer.concat([json, ...inputs.map(({ bytes }) => bytes)]),
    contentType: 'application/octet-stream',
    jsonLength: json.length,
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength)

const input = (datatype: string, values: ArrayBufferView & { length: number }): BinaryInput => ({
  datatype,
  shape: [values.length],
  bytes: bytesOf(values),
})

const texts = (...values: string[]) =>
  Buffer.concat(
    values.map((value) => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(Buffer.byteLength(value))
      return Buffer.concat([length, Buffer.from(value)])
    }),
  )

test('reads the inputs from the bytes after the JSON, in order', () => {
  const inputs = [
    input('FP32', Float32Array.of(0.1, Number.NaN, -0)),
    input('FP64', Float64Array.of(0.1)),
    input('INT8', Int8Array.of(-128)),
    input('UINT8', Uint8Array.of(255)),
    input('INT16', Int16Array.of(-300)),
    input('UINT16', Uint16Array.of(65_535)),
    input('INT32', Int32Array.of(-70_000)),
    input('UINT32', Uint32Array.of(2 ** 32 - 1)),
    input('INT64', BigInt64Array.of(-5n, 2n ** 62n)),
    input('UINT64', BigUint64Array.of(2n ** 64n - 1n)),
    input('BOOL', Uint8Array.of(0, 1)),
    input('FP16', Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x7e00)),
    { datatype: 'BYTES', shape: [3], bytes: texts('a', '', '극한직업') },
  ]
  const values = [
    [Math.fround(0.1), Number.NaN, -0],
    [0.1],
    [-128],
    [255],
    [-300],
    [65_535],
    [-70_000],
    [2 ** 32 - 1],
    [-5, String(2n ** 62n)],
    [String(2n ** 64n - 1n)],
    [false, true],
    [1, -2, 65_504, 2 ** -24, Number.POSITIVE_INFINITY, Number.NaN],
    ['a', '', '극한직업'],
  ]
  const named = Object.fromEntries(values.map((list, at) => [`x${at}`, list]))
  expect(openInference.read(requestOf(inputs), GRAPH).input).toEqual({ inputs: named })
})

describe('rejects', () => {
  const good = requestOf([input('FP32', Float32Array.of(1, 2))])

  test.each<[string, RequestBody, RegExp]>([
    [
      'a header beyond the body',
      { ...good, jsonLength: good.bytes.length + 1 },
      /Inference-Header-Content-Length/,
    ],
    ['a negative header', { ...good, jsonLength: -1 }, /Inference-Header-Content-Length/],
    ['a header that is no number', { ...good, jsonLength: Number.NaN }, /Inference-Header-Content-Length/],
    ['missing bytes', { ...good, bytes: good.bytes.subarray(0, -1) }, /data of input 'x0' is incomplete/],
    ['surplus bytes', { ...good, bytes: Buffer.concat([good.bytes, Buffer.from('x')]) }, /longer than/],
    [
      'half an element',
      requestOf([{ datatype: 'FP32', shape: [1], bytes: Buffer.alloc(5) }]),
      /within an element/,
    ],
    ['another shape', requestOf([{ datatype: 'FP32', shape: [3], bytes: Buffer.alloc(8) }]), /2 elements/],
    [
      'a truncated text',
      requestOf([{ datatype: 'BYTES', shape: [1], bytes: texts('ab').subarray(0, 5) }]),
      /within/,
    ],
    ['a truncated length', requestOf([{ datatype: 'BYTES', shape: [1], bytes: Buffer.alloc(3) }]), /within/],
    [
      'invalid UTF-8',
      requestOf([{ datatype: 'BYTES', shape: [1], bytes: Buffer.of(1, 0, 0, 0, 255) }]),
      /UTF-8/,
    ],
  ])('%s', (_, body, message) => {
    expect(() => openInference.read(body, GRAPH)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(message) }),
    )
  })
})

const arbitraries = {
  FP32: fc.float(),
  FP64: fc.double(),
  INT64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  BOOL: fc.boolean(),
  BYTES: fc.string({ unit: 'grapheme' }),
}

/** The signature types of the datatypes. */
const TYPES = { FP32: 'float', FP64: 'double', INT64: 'long', BOOL: 'boolean', BYTES: 'string' }

test('binary outputs read back as binary inputs', () => {
  const datatypes = fc.constantFrom(...(Object.keys(TYPES) as (keyof typeof TYPES)[]))
  const cases = datatypes.chain((datatype) =>
    fc.tuple(
      fc.constant(datatype),
      fc.array(arbitraries[datatype] as fc.Arbitrary<unknown>, { minLength: 1 }),
    ),
  )
  fc.assert(
    fc.property(cases, ([datatype, values]) => {
      const elements = values.map((value) =>
        typeof value === 'bigint'
          ? Number.isSafeInteger(Number(value))
            ? Number(value)
            : String(value)
          : value,
      )
      const model = { ...GRAPH, signature: { outputs: [{ type: TYPES[datatype], name: 'y' }] } }
      const empty = requestOf([input('FP32', Float32Array.of(1))], {
        parameters: { binary_data_output: true },
      })
      const { body, contentType, jsonLength = 0 } = openInference.read(empty, model).write({ y: elements })
      expect(contentType).toBe('application/octet-stream')
      const { outputs } = JSON.parse(Buffer.from(body).toString('utf8', 0, jsonLength)) as {
        outputs: [{ shape: number[]; datatype: string; parameters: { binary_data_size: number } }]
      }
      const [output] = outputs
      const bytes = Buffer.from(body).subarray(jsonLength)
      expect(output).toMatchObject({
        datatype,
        shape: [values.length],
        parameters: { binary_data_size: bytes.length },
      })
      const { inputs } = openInference.read(requestOf([{ datatype, shape: output.shape, bytes }]), GRAPH)
        .input as {
        inputs: { x0: unknown[] }
      }
      expect(inputs.x0).toEqual(elements)
    }),
  )
})

test('each output is binary or JSON, as requested', () => {
  const more = { outputs: [{ name: 'a', parameters: { binary_data: true } }, { name: 'b' }] }
  const { write } = openInference.read(requestOf([input('FP32', Float32Array.of(1))], more), GRAPH)
  const { body, jsonLength = 0 } = write({ a: [1.5], b: ['x'] })
  const response = JSON.parse(Buffer.from(body).toString('utf8', 0, jsonLength)) as { outputs: unknown[] }
  expect(response.outputs).toEqual([
    { name: 'a', datatype: 'FP64', shape: [1], parameters: { binary_data_size: 8 } },
    { name: 'b', datatype: 'BYTES', shape: [1], data: ['x'] },
  ])
  expect(Buffer.from(body).readDoubleLE(jsonLength)).toBe(1.5)
})
