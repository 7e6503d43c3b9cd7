import { join } from 'node:path'
import { readMlmodel } from '@cairn/flavors/mlmodel/mlmodel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { predictionsOf } from '../testing/predictions.js'
import { PythonHost } from './python-host.js'
import { python, savePythonModels } from './testing/python-model.js'

interface Input {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
  readonly values: ArrayBufferView
}

interface Output {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
  readonly data?: readonly unknown[]
  readonly parameters?: { readonly binary_data_size: number }
}

const hosts: PythonHost[] = []

async function start(folder: string): Promise<PythonHost> {
  const { signature } = await readMlmodel(folder)
  const host = await PythonHost.start({
    interpreter: python!,
    folder,
    example: undefined,
    memoryBytes: 8 * 1024 ** 3,
    user: undefined,
    description: { flavor: 'python_function', ...(signature && { signature }) },
    onLine: () => undefined,
    onEnd: () => undefined,
  })
  hosts.push(host)
  return host
}

/** The outputs of a request, and the bytes of the binary ones in order. */
async function infer(host: PythonHost, request: object, binary: readonly Uint8Array[] = []) {
  const json = Buffer.from(JSON.stringify(request))
  const bytes = new Uint8Array(Buffer.concat([json, ...binary]))
  const body = { bytes, contentType: 'application/octet-stream', jsonLength: json.length }
  const { response } = await host.predict({ protocol: 'oip', body, name: 'm', version: '1' })
  const written = Buffer.from(response.body as string)
  const { outputs } = JSON.parse(written.toString('utf8', 0, response.jsonLength)) as {
    outputs: readonly Output[]
  }
  let at = response.jsonLength ?? written.length
  const parts = outputs.map(({ parameters }) => {
    const start = at
    at += parameters?.binary_data_size ?? 0
    return new Uint8Array(written.subarray(start, at))
  })
  return { outputs, parts }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength)

const inferBinary = (host: PythonHost, inputs: readonly Input[]) =>
  infer(
    host,
    {
      parameters: { binary_data_output: true },
      inputs: inputs.map(({ name, datatype, shape, values }) => ({
        ...{ name, datatype, shape },
        parameters: { binary_data_size: values.byteLength },
      })),
    },
    inputs.map(({ values }) => bytesOf(values)),
  )

const textOf = (bytes: Uint8Array) => Buffer.from(bytes.subarray(4)).toString()

describe.skipIf(!python)('arrays for a model in Python (TEST_PYTHON: with mlflow and scikit-learn)', () => {
  let arrays: PythonHost
  let integers: PythonHost
  let sklearn: PythonHost
  beforeAll(async () => {
    const folder = savePythonModels('arrays', 'integers', 'sklearn')
    arrays = await start(join(folder, 'arrays'))
    integers = await start(join(folder, 'integers'))
    sklearn = await start(join(folder, 'sklearn'))
  })
  afterAll(() => Promise.all(hosts.map((host) => host.close())))

  test.each<[string, string, ArrayBufferView]>([
    ['FP64', 'float64', Float64Array.of(0.1, Number.NaN, Number.POSITIVE_INFINITY, -0, 5e-324)],
    ['FP32', 'float32', Float32Array.of(0.1, Number.NEGATIVE_INFINITY)],
    ['INT64', 'int64', BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n)],
    ['UINT64', 'uint64', BigUint64Array.of(2n ** 64n - 1n, 0n)],
    ['INT8', 'int8', Int8Array.of(-128, 127)],
    ['UINT16', 'uint16', Uint16Array.of(65_535, 1)],
    ['BOOL', 'bool', Uint8Array.of(1, 0)],
  ])('arrive and come back as the same bytes of %s', async (datatype, dtype, values) => {
    const length = values.byteLength / (values as unknown as Uint8Array).BYTES_PER_ELEMENT
    const { outputs, parts } = await inferBinary(arrays, [
      { name: 'x', datatype, shape: [1, length], values },
    ])
    expect(outputs[0]).toMatchObject({ name: 'same', datatype, shape: [1, length] })
    expect(parts[0]).toEqual(bytesOf(values))
    expect(textOf(parts[2]!)).toBe(dtype)
  })

  test('arrive from JSON with their datatypes', async () => {
    const data = [1, null]
    const { outputs } = await infer(arrays, {
      inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data }],
    })
    expect(outputs).toEqual([
      { name: 'same', datatype: 'FP32', shape: [1, 2], data },
      { name: 'sum', datatype: 'FP32', shape: [1, 2], data: [2, null] },
      { name: 'dtype', datatype: 'BYTES', shape: [1], data: ['float32'] },
    ])
  })

  test('have the dtype of the signature if their elements fit it', async () => {
    for (const input of [
      { datatype: 'INT64', data: [1, -2] },
      { datatype: 'UINT64', data: [1, 2 ** 31 - 1] },
      { datatype: 'FP64', data: [1, -2] },
      { datatype: 'BYTES', data: ['1', '-2'] },
    ]) {
      const { outputs } = await infer(integers, { inputs: [{ name: 'x', shape: [1, 2], ...input }] })
      expect(outputs[0]).toMatchObject({ datatype: 'INT32', data: input.data.map(Number) })
      expect(outputs[2]).toMatchObject({ data: ['int32'] })
    }
  })

  test.each([
    ['an integer beyond the dtype', 'INT64', [1, 2 ** 40]],
    ['an unsigned integer beyond the dtype', 'UINT32', [1, 2 ** 31]],
    ['a missing number', 'FP64', [1, null]],
    ['text that is no number', 'BYTES', ['1', 'secret']],
    ['rows of another length', 'INT32', [1, 2, 3]],
  ])('with %s are refused, without its value', async (_, datatype, data) => {
    const refused = infer(integers, { inputs: [{ name: 'x', datatype, shape: [1, data.length], data }] })
    await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/^(BAD_REQUEST|INVALID_P)/) })
    await expect(refused).rejects.not.toThrow(/secret/)
  })

  test('of half precision are widened, and exact in JSON', async () => {
    const half = { name: 'x', datatype: 'FP16', shape: [1, 2] }
    const binary = await inferBinary(arrays, [{ ...half, values: Uint16Array.of(0x3c00, 0xc000) }])
    const json = await infer(arrays, { inputs: [{ ...half, data: [1, -2] }] })
    expect(binary.parts[0]).toEqual(bytesOf(Float32Array.of(1, -2)))
    expect(json.outputs[0]).toMatchObject({ datatype: 'FP32', data: [1, -2] })
  })

  test('are columns of a data frame beside texts, missing ones too', async () => {
    const { outputs } = await infer(arrays, {
      inputs: [
        { name: 'n', datatype: 'INT32', shape: [2], data: [7, 8] },
        { name: 'text', datatype: 'BYTES', shape: [2, 1], data: ['극한직업', null] },
        { name: 'list', datatype: 'FP64', shape: [2, 2], data: [1, 2, 3, 4] },
      ],
    })
    expect(outputs.slice(0, 4)).toEqual([
      { name: 'n', datatype: 'INT32', shape: [2], data: [7, 8] },
      { name: 'text', datatype: 'BYTES', shape: [2], data: ['극한직업', 'null'] },
      { name: 'list', datatype: 'FP64', shape: [2, 2], data: [1, 2, 3, 4] },
      { name: 'dtype of n', datatype: 'BYTES', shape: [2], data: ['int32', 'int32'] },
    ])
  })

  test.each<[string, object]>([
    ['[1, 2.5, NaN, -Infinity]', { datatype: 'FP64', shape: [4], data: [1, 2.5, null, null] }],
    ['[[1, 2], [3, 4]]', { datatype: 'INT64', shape: [2, 2], data: [1, 2, 3, 4] }],
    ['[18446744073709551615]', { datatype: 'UINT64', shape: [1] }],
    ['[true, false]', { datatype: 'BOOL', data: [true, false] }],
    ['[[1], [2, 3]]', { datatype: 'BYTES', data: ['[1]', '[2,3]'] }],
    ['["a", "Infinity"]', { datatype: 'BYTES', data: ['a', 'Infinity'] }],
    ['[1, null]', { datatype: 'FP64', data: [1, null] }],
    ['{"y": Infinity}', { name: 'y', datatype: 'FP64', data: [null] }],
    ['[]', { shape: [0], data: [] }],
    ['null', { shape: [1], data: [null] }],
  ])('are made of the predictions %s', async (json, output) => {
    const inputs = [{ name: 'json', datatype: 'BYTES', shape: [1], data: [json] }]
    expect((await infer(arrays, { inputs })).outputs).toMatchObject([output])
  })

  test('are not made of texts, each of which would get the size of the longest', async () => {
    const texts = ['x'.repeat(1_000_000), ...Array.from({ length: 3_000 }, () => 'a')]
    for (const values of [texts, texts.map((text) => [text])]) {
      const inputs = [{ name: 'json', datatype: 'BYTES', shape: [1], data: [JSON.stringify(values)] }]
      const { outputs } = await infer(arrays, { inputs })
      expect(outputs[0]).toMatchObject({ datatype: 'BYTES', shape: values === texts ? [3_001] : [3_001, 1] })
      expect(outputs[0]!.data).toEqual(texts)
    }
  })

  test.each([
    ['one tensor of rows × columns', 'FP64', Float64Array],
    ['one of another datatype than the signature', 'FP32', Float32Array],
  ])('of a data frame give the predictions of the scoring protocol: %s', async (_, datatype, Values) => {
    const values = new Values(Array.from({ length: 30 }, (_, at) => Math.sin(at)))
    const rows = Array.from({ length: 10 }, (_, row) => [...values.slice(row * 3, row * 3 + 3)])
    const expected = await predictionsOf(sklearn, {
      dataframe_split: { columns: ['a', 'b', 'c'], data: rows },
    })
    const binary = await inferBinary(sklearn, [{ name: 'x', datatype, shape: [10, 3], values }])
    const json = await infer(sklearn, {
      inputs: [{ name: 'x', datatype, shape: [10, 3], data: [...values] }],
    })
    const columns = await infer(sklearn, {
      inputs: ['c', 'a', 'b'].map((name, at) => ({
        ...{ name, datatype, shape: [10] },
        data: rows.map((row) => row[[2, 0, 1][at]!]),
      })),
    })
    expect(json.outputs).toMatchObject([{ datatype: 'INT64', shape: [10], data: expected }])
    expect(columns.outputs).toEqual(json.outputs)
    expect([...new BigInt64Array(binary.parts[0]!.buffer)].map(Number)).toEqual(expected)
  })
})
