import { cp, link, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApiError } from '@cairn/platform/errors'
import { share } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadModel, type ServableModel } from '../load.js'
import { parseMlmodel } from '../mlmodel/mlmodel.js'
import type { ScoringInput } from '../scoring-protocol/scoring-input.js'
import { predict } from '../testing/predict.js'
import { readOnnx } from './model.js'

const golden = join(import.meta.dirname, 'golden')

interface Exchange {
  readonly model: string
  readonly request: ScoringInput
  /** `null` if MLflow rejects the request. */
  readonly predictions: unknown
}

const lines = (await readFile(join(golden, 'exchanges.jsonl'), 'utf8')).trim().split('\n')
const exchanges = lines.map((line) => JSON.parse(line) as Exchange)

const loaded = new Map<string, Promise<ServableModel>>()
function load(name: string): Promise<ServableModel> {
  const model = loaded.get(name) ?? loadModel(join(golden, name))
  loaded.set(name, model)
  return model
}

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-onnx-'))
})
afterAll(async () => {
  for (const model of loaded.values()) await (await model).close!()
  await rm(root, { recursive: true })
})

/** Copies a recorded model to be corrupted. */
let folders = 0
async function copy(name: string): Promise<string> {
  const folder = join(root, String(folders++))
  await cp(join(golden, name), folder, { recursive: true })
  return folder
}

/** Compares with a tolerance for float32 differences between two releases of the runtime. */
function expectClose(actual: unknown, wanted: unknown): void {
  if (typeof wanted === 'number' && !Number.isInteger(wanted)) expect(actual).toBeCloseTo(wanted, 5)
  else if (typeof wanted === 'object' && wanted !== null) {
    expect(Object.keys(actual as object)).toEqual(Object.keys(wanted))
    for (const [key, one] of Object.entries(wanted))
      expectClose((actual as Record<string, unknown>)[key], one)
  } else expect(actual).toEqual(wanted)
}

/** MLflow passes text columns of a data frame to the runtime in a form that it rejects. */
const REJECTED_BY_MLFLOW_ONLY = new Set(
  exchanges
    .filter(({ model }) => model === 'mixed')
    .slice(0, 3)
    .map(({ request }) => JSON.stringify(request)),
)

describe('an ONNX model saved by mlflow.onnx', () => {
  test.each(exchanges.map((one) => [one.model, JSON.stringify(one.request).slice(0, 110), one] as const))(
    '%s responds to %s like mlflow.pyfunc',
    async (name, _, { request, predictions }) => {
      const answer = predict(await load(name), request)
      if (REJECTED_BY_MLFLOW_ONLY.has(JSON.stringify(request))) return void (await answer)
      if (predictions !== null) return expectClose(JSON.parse(JSON.stringify(await answer)), predictions)
      const error = await answer.catch((cause: unknown) => cause)
      expect(error).toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
      expect(String(error)).not.toMatch(/onnxruntime|node|status/i)
    },
  )

  test('predicts single rows like a batch', async () => {
    const model = await load('linear')
    const rows = [1, 2, 3].map((a) => ({ a, b: 0.5, c: -1, d: a * a }))
    const together = (await predict(model, { dataframe_records: rows })) as unknown[]
    for (const [at, row] of rows.entries())
      expect(await predict(model, { dataframe_records: [row] })).toEqual([together[at]])
  })

  test('returns text, booleans and integers for a data frame', async () => {
    const record = { count: 3, weight: 0.25, flag: true, name: '극한직업' }
    const answer = await predict(await load('mixed'), { dataframe_records: [record] })
    expect(answer).toEqual([{ sum: 1.75, text: '극한직업', square: 9, unflagged: false }])
  })

  test('takes unnamed columns in order', async () => {
    const model = await load('wide')
    const data = [
      [1, 2, 3, 4],
      [0.5, -1, 1, 2],
    ]
    const { Y } = (await predict(model, { inputs: data })) as { Y: number[][] }
    const records = Y.flat().map((one) => ({ Y: one }))
    expect(await predict(model, { dataframe_split: { data } })).toEqual(records)
  })

  test('returns integers beyond 2^53 exactly, as text', async () => {
    const inputs = { count: ['3037000499'], weight: [0], flag: [false], name: [''] }
    const answer = await predict(await load('mixed_bare'), { inputs })
    expect(answer).toMatchObject({ square: [String(3037000499n ** 2n)] })
  })

  test.each<[string, ScoringInput, RegExp]>([
    ['mixed_bare', { inputs: { count: [2 ** 53], weight: [1], flag: [true], name: ['x'] } }, /'count\[0\]'/],
    ['mixed_bare', { inputs: { count: [1.5], weight: [1], flag: [true], name: ['x'] } }, /for 'count\[0\]'/],
    ['mixed_bare', { inputs: { count: [1], weight: [1], flag: [2], name: ['x'] } }, /for 'flag\[0\]'/],
    ['mixed_bare', { inputs: { count: [1], weight: [1], flag: [true], name: [7] } }, /for 'name\[0\]'.*text/],
    ['mixed_bare', { inputs: { count: [1], weight: [1], flag: [true] } }, /Missing input 'name'/],
    ['wide', { inputs: { X: [[1, 2, 3, 4]], Z: 1 } }, /no input 'Z'/],
    [
      'wide',
      {
        inputs: [
          [1, 2, 3, 4],
          [1, 2, 'x', 4],
        ],
      },
      /^Invalid value for 'X\[1\]\[2\]': it must be a number\.$/,
    ],
    ['wide', { inputs: [[1, 2, 3, 4], 5] }, /^Invalid value for 'X\[1\]': it must be a list of 4/],
    ['wide', { inputs: [] }, /Shape of input 'X' \[0\].*\[-1, 4\]/],
    ['wide', { inputs: null }, /'X'/],
    ['wide', { inputs: 'text' }, /'X'/],
    ['wide', { instances: [[1]], inputs: [[1]] }, /exactly one/],
    ['tensor', { inputs: { X: nest(40) } }, /more than 16 dimensions/],
    ['lookup', { inputs: { ids: [[0, 10]] } }, /cannot be computed.*'ids' int64\[1, 2\]/],
    ['linear', { dataframe_records: Array(10_001).fill({ a: 1 }) }, /at most 10000 rows/],
    ['linear', { dataframe_records: [{ a: 1, b: 2, d: 3 }] }, /Missing inputs \['c'\]/],
  ])('%s rejects %j and names the problem', async (name, request, message) => {
    const error = await predict(await load(name), request).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(message) })
  })

  test('rejects a request whose response is too large', async () => {
    const ids = Array.from({ length: 1000 }, () => Array(500).fill(1))
    await expect(predict(await load('lookup'), { inputs: { ids } })).rejects.toThrow(
      /1002000 values, more than/,
    )
  })

  test('rejects any invalid request with INVALID_PARAMETER_VALUE', async () => {
    const models = ['linear', 'wide', 'tensor', 'mixed', 'mixed_bare', 'lookup', 'image', 'unnamed']
    const leaf = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.constant(null))
    const value = fc.oneof(leaf, fc.array(leaf), fc.array(fc.array(leaf)), fc.dictionary(fc.string(), leaf))
    const named = fc.dictionary(fc.constantFrom('a', 'b', 'X', 'ids', 'count', '__proto__'), value)
    const request = fc.oneof(
      fc.record({ inputs: fc.oneof(value, named) }),
      fc.record({ instances: fc.array(fc.oneof(value, named)) }),
      fc.record({ dataframe_records: fc.array(named) }),
      fc.record({ dataframe_split: fc.record({ columns: value, data: value }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...models), request, async (name, one) => {
        const outcome = await predict(await load(name), one as ScoringInput).catch((error: unknown) => error)
        if (outcome instanceof Error) expect(outcome, String(outcome)).toBeInstanceOf(ApiError)
      }),
      { numRuns: share(600) },
    )
  })
})

function nest(depth: number): unknown {
  return depth === 0 ? 1 : [nest(depth - 1)]
}

test('the WebAssembly engine returns the same', async () => {
  for (const name of ['wide', 'large', 'mixed_bare', 'lookup']) {
    const mlmodel = parseMlmodel(await readFile(join(golden, name, 'MLmodel'), 'utf8'))
    const model = await readOnnx(join(golden, name), mlmodel, 'wasm')
    for (const { request, predictions } of exchanges.filter((one) => one.model === name)) {
      const answer = model.invoke({ input: request })
      if (predictions === null) await expect(answer).rejects.toBeInstanceOf(ApiError)
      else expectClose(JSON.parse(JSON.stringify(await answer)), predictions)
    }
    await model.close()
  }
})

describe('rejects an untrusted graph', () => {
  const broken = expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE' })

  /** Copies the graph and replaces its data file's name, a UUID, by another of the same length. */
  async function renamed(to: (folder: string) => string): Promise<string> {
    const folder = await copy('large')
    const file = join(folder, 'model.onnx')
    const onnx = await readFile(file)
    const name = /[0-9a-f-]{36}\.data/.exec(onnx.toString('latin1'))![0]
    const other = to(folder)
    await writeFile(file, onnx.toString('latin1').replaceAll(name, other.padEnd(name.length, 'x')), 'latin1')
    return folder
  }

  test('that names a file outside its folder', async () => {
    const folder = await renamed(() => '../../../../../../../../etc/hostname')
    await expect(loadModel(folder)).rejects.toThrow(
      /'\.\.\/.*must be a plain file name in the graph's folder/,
    )
  })

  test('whose data file is a link', async () => {
    const elsewhere = join(root, 'secret')
    await writeFile(elsewhere, new Uint8Array(100_000))
    for (const make of [symlink, link]) {
      const folder = await renamed(() => 'linked')
      await make(elsewhere, join(folder, 'linked'.padEnd(41, 'x')))
      await expect(loadModel(folder)).rejects.toThrow(/cannot be read from the graph's folder/)
    }
  })

  test('whose data file is truncated or missing', async () => {
    const folder = await copy('large')
    const [name] = /[0-9a-f-]{36}\.data/.exec(await readFile(join(folder, 'model.onnx'), 'latin1'))!
    await writeFile(join(folder, name), new Uint8Array(100))
    await expect(loadModel(folder)).rejects.toThrow(/has 100 bytes, fewer than the graph requires/)
    await rm(join(folder, name))
    await expect(loadModel(folder)).rejects.toThrow(/cannot be read/)
  })

  test.each(['../model.onnx', '/etc/passwd', 'a/../../x', '', '.hidden', 7, null])(
    'whose MLmodel names the file %j',
    async (data) => {
      const folder = await copy('linear')
      await writeFile(join(folder, 'MLmodel'), `flavors: {onnx: {data: ${JSON.stringify(data)}}}`)
      await expect(loadModel(folder)).rejects.toThrow(/flavors\.onnx\.data/)
    },
  )

  test('with corrupt or truncated bytes, or serves it', async () => {
    const folder = await copy('wide')
    const file = join(folder, 'model.onnx')
    const good = await readFile(file)
    const damage = fc.record({
      at: fc.nat(good.length - 1),
      byte: fc.nat(255),
      cut: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, byte, cut }) => {
        const bytes = Uint8Array.from(good)
        bytes[at] = byte
        await writeFile(file, cut ? bytes.subarray(0, at) : bytes)
        try {
          const model = await loadModel(folder)
          await predict(model, { inputs: [[1, 2, 3, 4]] }).catch((error) => expect(error).toEqual(broken))
          await model.close!()
        } catch (error) {
          expect(error).toEqual(broken)
        }
      }),
      { numRuns: share(120) },
    )
  })
})
