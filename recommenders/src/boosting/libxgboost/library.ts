import type { LibraryHandle } from 'koffi'

/** A table in the form that is sent to the process; it contains no shared memory. */
export interface LibraryTable {
  readonly rows: Float32Array
  readonly features: number
  readonly names?: readonly string[]
  readonly labels: Float32Array
  readonly groups?: Uint32Array
  readonly weights?: Float32Array
}

/** Names for the system's loader, which finds Debian's `libxgboost0` or a library on LD_LIBRARY_PATH. */
const DEFAULT_LIBRARY_NAMES = ['libxgboost.so.0', 'libxgboost.so', 'libxgboost.dylib', 'xgboost.dll']

type Handle = unknown
type Call = (...args: unknown[]) => number

const CALLS = {
  matrix: 'int XGDMatrixCreateFromDense(const char*, const char*, _Out_ XgboostHandle*)',
  setInfo: 'int XGDMatrixSetInfoFromInterface(XgboostHandle, const char*, const char*)',
  setTexts: 'int XGBoosterSetStrFeatureInfo(XgboostHandle, const char*, const char**, uint64_t)',
  booster: 'int XGBoosterCreate(XgboostHandle*, uint64_t, _Out_ XgboostHandle*)',
  setParameter: 'int XGBoosterSetParam(XgboostHandle, const char*, const char*)',
  update: 'int XGBoosterUpdateOneIter(XgboostHandle, int, XgboostHandle)',
  evaluate:
    'int XGBoosterEvalOneIter(XgboostHandle, int, XgboostHandle*, const char**, uint64_t, _Out_ const char**)',
  save: 'int XGBoosterSaveModelToBuffer(XgboostHandle, const char*, _Out_ uint64_t*, _Out_ void**)',
} as const

/** The C API of libxgboost ≥ 2.0. The process lives only for one training, so nothing is freed. */
export class Library {
  readonly #koffi: typeof import('koffi')
  readonly #calls: Record<keyof typeof CALLS, Call>
  readonly #lastError: () => string
  /** Arrays that the library has pointers to. */
  readonly #kept: unknown[] = []

  /** Throws an error that explains how to install a missing dependency. */
  static async open(path: string | undefined): Promise<Library> {
    const koffi = await import('koffi').catch((cause: unknown) => {
      throw new Error("the engine 'libxgboost' needs the optional npm package koffi: npm install koffi", {
        cause,
      })
    })
    return new Library(koffi, load(koffi, path))
  }

  constructor(koffi: typeof import('koffi'), handle: LibraryHandle) {
    this.#koffi = koffi
    koffi.pointer('XgboostHandle', koffi.opaque())
    const calls = Object.entries(CALLS).map(([name, signature]) => [name, handle.func(signature)])
    this.#calls = Object.fromEntries(calls)
    this.#lastError = handle.func('const char* XGBGetLastError()')
  }

  matrix({ rows, features, labels, groups, weights }: LibraryTable, threads: number): Handle {
    const shape = [labels.length, features]
    const matrix = this.#create('matrix', this.#array(rows, shape), `{"missing": NaN, "nthread": ${threads}}`)
    const info = { label: labels, group: groups, weight: weights }
    for (const [field, values] of Object.entries(info))
      if (values) this.#check(this.#calls.setInfo(matrix, field, this.#array(values, [values.length])))
    return matrix
  }

  booster(matrices: readonly Handle[], parameters: Readonly<Record<string, string>>): Handle {
    const booster = this.#create('booster', matrices, matrices.length)
    for (const [name, value] of Object.entries(parameters))
      this.#check(this.#calls.setParameter(booster, name, value))
    return booster
  }

  /** Sets the feature names that the model file contains. */
  nameFeatures(booster: Handle, names: readonly string[]): void {
    const types = names.map(() => 'float')
    this.#check(this.#calls.setTexts(booster, 'feature_name', names, names.length))
    this.#check(this.#calls.setTexts(booster, 'feature_type', types, types.length))
  }

  update(booster: Handle, round: number, matrix: Handle): void {
    this.#check(this.#calls.update(booster, round, matrix))
  }

  /** The metric that the booster's parameters name. */
  evaluate(booster: Handle, round: number, matrix: Handle): number {
    const line: [string | null] = [null]
    this.#check(this.#calls.evaluate(booster, round, [matrix], ['evaluation'], 1, line))
    return Number(line[0]!.trimEnd().split(':').at(-1)) // [3]	evaluation-logloss:0.41
  }

  /** The model as UBJSON. */
  save(booster: Handle): Uint8Array {
    const [length, pointer] = [[0n], [null]]
    this.#check(this.#calls.save(booster, '{"format": "ubj"}', length, pointer))
    const type = this.#koffi.array('uint8_t', Number(length[0]), 'Typed')
    return Uint8Array.from(this.#koffi.decode(pointer[0], type) as Uint8Array)
  }

  #create(call: 'matrix' | 'booster', ...args: unknown[]): Handle {
    const out: [Handle] = [null]
    this.#check(this.#calls[call](...args, out))
    return out[0]
  }

  /** Describes the array in NumPy's array interface, as JSON. */
  #array(values: Float32Array | Uint32Array, shape: number[]): string {
    this.#kept.push(values)
    const type = values instanceof Float32Array ? '<f4' : '<u4'
    const address = this.#koffi.address(values)
    return `{"data": [${address}, true], "shape": ${JSON.stringify(shape)}, "typestr": "${type}", "version": 3}`
  }

  #check(result: number): void {
    if (result !== 0) throw new Error(`libxgboost: ${this.#lastError().trim().split('\n')[0]}`)
  }
}

function load(koffi: typeof import('koffi'), path: string | undefined): LibraryHandle {
  let reason: unknown
  for (const name of path ? [path] : DEFAULT_LIBRARY_NAMES)
    try {
      return koffi.load(name)
    } catch (error) {
      reason ??= error
    }
  const tried = path ? `'${path}'` : `the default names (${DEFAULT_LIBRARY_NAMES.join(', ')})`
  throw new Error(
    `libxgboost was not found at ${tried}: install Debian's libxgboost0, or put the folder of a libxgboost.so, ` +
      "such as the one in PyPI's xgboost-cpu, on LD_LIBRARY_PATH",
    { cause: reason },
  )
}
