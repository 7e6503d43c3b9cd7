import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { readMlmodel } from '@cairn/flavors/mlmodel/mlmodel'
import { isAlive } from '@cairn/platform/processes/is-alive'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { predictionsOf } from '../testing/predictions.js'
import { PythonHost, type PythonHostOptions } from './python-host.js'
import { python, savePythonModels } from './testing/python-model.js'

const hosts: PythonHost[] = []
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()))
})

let folder: string
let doubling: PythonHost
/** Answers with what it sees of its environment. */
let environment: PythonHost
const printed: string[] = []
const lines: string[] = []

async function start(name: string, options: Partial<PythonHostOptions> = {}): Promise<PythonHost> {
  const host = await PythonHost.start({
    interpreter: python!,
    folder: join(folder, name),
    example: undefined,
    memoryBytes: 8 * 1024 ** 3,
    user: undefined,
    description: { flavor: 'python_function' },
    onLine: () => undefined,
    onEnd: () => undefined,
    ...options,
  })
  hosts.push(host)
  return host
}

const send = async (host: PythonHost, body: string, contentType = 'application/json') => {
  const bytes = new Uint8Array(Buffer.from(body))
  const query = { protocol: 'mlflow', body: { bytes, contentType }, name: 'm', version: '1' } as const
  return host.predict(query)
}
const act = (host: PythonHost, action: string) => predictionsOf(host, { dataframe_records: [{ action }] })

describe.skipIf(!python)('a Python host (TEST_PYTHON: a Python with mlflow and scikit-learn)', () => {
  beforeAll(() => {
    folder = savePythonModels('doubling', 'environment', 'hostile', 'hangs-in-load', 'fails-in-load')
  })
  beforeAll(async () => {
    const { signature } = await readMlmodel(join(folder, 'doubling'))
    doubling = await start('doubling', {
      description: { flavor: 'python_function', ...(signature && { signature }) },
      example: join(folder, 'doubling', 'serving_input_example.json'),
      onLine: (line) => lines.push(line),
    })
    process.env.CAIRN_DATABASE_URL = 'postgres://secret'
    environment = await start('environment', {
      variables: { values: { API_KEY: 'three stones' }, secrets: ['three stones'], key: 'a' },
      onLine: (line) => printed.push(line),
    })
    delete process.env.CAIRN_DATABASE_URL
    hosts.length = 0
  })
  afterAll(() => Promise.all([doubling?.close(), environment?.close()]))

  test("answers MLflow's protocol, even if the model prints", async () => {
    const input = {
      dataframe_records: [{ x: 1 }, { x: 2.5 }],
      params: { offset: 1 },
      client_request_id: 'r1',
    }
    expect(await send(doubling, JSON.stringify(input))).toMatchObject({ rows: 2, clientRequestId: 'r1' })
    expect(await predictionsOf(doubling, input)).toEqual([3, 6])
    const csv = await send(doubling, 'x\n1\n', 'text/csv; charset=utf-8')
    expect(JSON.parse(String(csv.response.body))).toEqual({ predictions: [2] })
    await expect.poll(() => lines).toEqual(expect.arrayContaining(['predicting 2 rows', 'a warning']))
  })

  test.each([
    [
      'no column',
      '{"dataframe_records": [{"secret": 1}]}',
      'INVALID_PARAMETER_VALUE',
      /missing inputs \['x'\]/,
    ],
    ['a wrong value', '{"dataframe_records": [{"x": "secret"}]}', 'BAD_REQUEST', /convert column x/],
    [
      'many digits',
      `{"dataframe_records": [{"x": ${'9'.repeat(5_000)}}]}`,
      'INVALID_PARAMETER_VALUE',
      /too many digits/,
    ],
    ['no JSON', '{"secret', 'BAD_REQUEST', /valid JSON/],
    ['no input', '{"secret": 1}', 'BAD_REQUEST', /exactly one of the input fields/],
    ['deep JSON', `{"inputs": ${'['.repeat(100_000)}`, 'INVALID_PARAMETER_VALUE', /nested too deeply/],
  ])('rejects a request with %s by a message without its values', async (_, body, code, message) => {
    const rejected = send(doubling, body)
    await expect(rejected).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    await expect(rejected).rejects.not.toMatchObject({ message: expect.stringContaining('secret') })
    expect(await predictionsOf(doubling, { dataframe_records: [{ x: 1 }] })).toEqual([2])
  })

  test('answers a missing number with the literal NaN, as MLflow does', async () => {
    const { response } = await send(doubling, '{"dataframe_records": [{"x": null}, {"x": 1}]}')
    expect(String(response.body)).toBe('{"predictions": [NaN, 2.0]}')
  })

  test('answers inputs without a length for a model without a signature', async () => {
    for (const inputs of [5, 'text', null, [], { x: 1 }])
      expect(await predictionsOf(environment, { inputs }), JSON.stringify(inputs)).toMatchObject([
        { files: [] },
      ])
  })

  test('decompresses bodies, and refuses other encodings and bodies that become too large', async () => {
    const json = Buffer.from('{"dataframe_records": [{"x": 1}]}')
    const compressed = (bytes: Uint8Array, contentEncoding: string) => {
      const body = { bytes: new Uint8Array(bytes), contentType: 'application/json', contentEncoding }
      return doubling.predict({ protocol: 'mlflow', body, name: 'm', version: '1' })
    }
    for (const [bytes, encoding] of [
      [gzipSync(json), 'gzip'],
      [deflateSync(json), 'deflate'],
      [deflateRawSync(json), 'deflate'],
    ] as const)
      expect((await compressed(bytes, encoding)).rows).toBe(1)
    await expect(compressed(gzipSync(Buffer.alloc(2 ** 24 + 1, ' ')), 'gzip')).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    })
    await expect(compressed(gzipSync(json).subarray(0, -9), 'gzip')).rejects.toThrow(/Content-Encoding/)
    await expect(compressed(json, 'br')).rejects.toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' })
  })

  test("ignores the header of binary tensors in MLflow's protocol", async () => {
    for (const jsonLength of [5, 33, Number.NaN]) {
      const bytes = new Uint8Array(Buffer.from('{"dataframe_records": [{"x": 1}]}'))
      const body = { bytes, contentType: 'application/json', jsonLength }
      const { rows, response } = await doubling.predict({ protocol: 'mlflow', body, name: 'm', version: '1' })
      expect([rows, JSON.parse(String(response.body))]).toEqual([1, { predictions: [2] }])
    }
  })

  test('rejects another Content-Type with 415 before it reaches the model', async () => {
    await expect(send(doubling, 'x', 'text/plain')).rejects.toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' })
  })

  describe('the Open Inference Protocol', () => {
    const infer = async (host: PythonHost, request: object) => {
      const body = {
        bytes: new Uint8Array(Buffer.from(JSON.stringify(request))),
        contentType: 'application/json',
      }
      return host.predict({ protocol: 'oip', body, name: 'm', version: '7' })
    }
    const x = (...data: unknown[]) => ({ name: 'x', datatype: 'FP64', shape: [data.length], data })

    test('is answered with a tensor for each column, and parameters', async () => {
      const prediction = await infer(doubling, { id: 'r2', parameters: { offset: 1 }, inputs: [x(1, 2.5)] })
      expect(prediction).toMatchObject({ rows: 2, clientRequestId: 'r2' })
      expect(JSON.parse(String(prediction.response.body))).toEqual({
        model_name: 'm',
        model_version: '7',
        id: 'r2',
        outputs: [{ name: 'x', datatype: 'FP64', shape: [2], data: [3, 6] }],
      })
    })

    test('is answered in binary', async () => {
      const parameters = { binary_data_output: true }
      const { response } = await infer(doubling, { parameters, inputs: [x(1)] })
      const bytes = Buffer.from(response.body as Uint8Array)
      expect(bytes.subarray(response.jsonLength).readDoubleLE()).toBe(2)
    })

    test.each([
      [{ inputs: [{ ...x(1, 2), shape: [3] }] }, /'x' has 2 elements/],
      [{ inputs: [{ ...x(1), name: 'y' }] }, /missing inputs \['x'\]|Model is missing inputs/],
      [{ inputs: [x(1)], outputs: [{ name: 'other' }] }, /no output 'other'/],
      [{}, /'inputs' must be a list/],
    ])('refuses %j, and answers the next', async (request, message) => {
      await expect(infer(doubling, request)).rejects.toThrow(message)
      expect((await infer(doubling, { inputs: [x(2)] })).rows).toBe(1)
    })
  })

  test('hides the environment of the server from the model', async () => {
    const [seen] = (await predictionsOf(environment, { inputs: [1] })) as [
      { variables: string[]; files: string[] },
    ]
    expect(seen.files).toEqual([])
    expect(seen.variables.filter((name) => /^(CAIRN|AWS|TEST|NODE|DATABASE)/.test(name))).toEqual([])
  })

  test('gives the model the variables of its entity, and redacts secrets in its output', async () => {
    const [seen] = (await predictionsOf(environment, { inputs: [1] })) as [{ variables: string[] }]
    expect(seen.variables).toContain('API_KEY')
    await expect.poll(() => printed.join('\n')).toContain('the key is [REDACTED]')
    expect(printed.join('\n')).not.toContain('three stones')
  })

  test('redacts secrets in the errors of the model', async () => {
    const withSecret = (secret: string) => ({ variables: { values: {}, secrets: [secret], key: 'a' } })
    const loading = start('fails-in-load', withSecret('weights are missing'))
    await expect(loading).rejects.toThrow('RuntimeError: [REDACTED].')
    const host = await start('hostile', withSecret('unexpected error')) // a message of mlflow
    await expect(act(host, 'fail')).rejects.toMatchObject({ cause: expect.stringContaining('[REDACTED]') })
  })

  test('rejects pending requests with 503 when its process is killed', async () => {
    const host = await start('hostile')
    const pending = act(host, 'hang')
    process.kill(host.pid!, 'SIGKILL')
    await expect(pending).rejects.toMatchObject({
      code: 'TEMPORARILY_UNAVAILABLE',
      message: expect.stringMatching(/SIGKILL/),
    })
    expect(host.failure).toMatch(/SIGKILL/)
  })

  test('fails when the model ends its process, or hangs', async () => {
    await expect(act(await start('hostile'), 'exit')).rejects.toThrow(/exit code 3/)
    await expect(act(await start('hostile', { hangMs: 200 }), 'hang')).rejects.toThrow(/not responded/)
  })

  test('survives a model that fails, allocates without limit or forks, and kills the processes that it leaves', async () => {
    const output: string[] = []
    const host = await start('hostile', { onLine: (line) => output.push(line) })
    const failed = act(host, 'fail')
    await expect(failed).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/The log of the served entity has its error/),
    })
    await expect(failed).rejects.not.toThrow(/secret/)
    await expect
      .poll(() => output.join('\n'))
      .toMatch(/, in predict\n[\s\S]*ValueError: secret of the caller/)
    await expect(act(host, 'allocate')).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(await act(host, 'nothing')).toEqual(['done'])
    expect(await act(host, 'fork')).toEqual(['done'])
    const [child] = (await act(host, 'spawn')) as [number]
    expect(isAlive(child)).toBe(true)
    await host.close()
    await expect.poll(() => isRunning(child)).toBe(false)
  })

  test('refuses a model that fails or hangs while it is loaded', async () => {
    await expect(start('fails-in-load')).rejects.toThrow(/could not be loaded: .*weights are missing/)
    await expect(start('hangs-in-load', { loadTimeoutMs: 300 })).rejects.toThrow(/not loaded within 0.3 s/)
    await expect(start('doubling', { interpreter: '/nowhere/python' })).rejects.toThrow(
      /could not be started/,
    )
  })

  /** A killed process is a zombie until its parent reads its exit code; in a container, often no parent does. */
  function isRunning(pid: number): boolean {
    try {
      return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z')
    } catch {
      return false
    }
  }
})
