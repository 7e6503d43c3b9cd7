import type { InferenceSession, Tensor } from 'onnxruntime-node'

/** `native`: the library in onnxruntime-node. `wasm`: onnxruntime-web, for platforms without that library. */
export type OnnxEngine = 'native' | 'wasm'

export interface SessionOptions {
  /** Threads per run; default 1. */
  readonly threads?: number
  /** Default: native if available on this platform. */
  readonly engine?: OnnxEngine
  /** Default `all`. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all'
  /** External data files of the graph by name. */
  readonly external?: Readonly<Record<string, Uint8Array>>
}

/** Views of the caller's memory, passed without a copy. */
export type TensorData = Float32Array | Int32Array | BigInt64Array

/** Data of every element type; `bool` is bytes. */
export type AnyData =
  | TensorData
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | string[]

export interface OnnxTensor<Data extends AnyData = TensorData> {
  readonly data: Data
  readonly dims: readonly number[]
  /** Element type, if it does not follow from the data, e.g. `bool`. */
  readonly type?: string
}

export type Tensors = Readonly<Record<string, OnnxTensor<AnyData>>>

/** An input or output of a graph. */
export interface TensorSpec {
  readonly name: string
  /** E.g. `float32`; `undefined` if it is not a tensor. */
  readonly type: string | undefined
  /** Text, also '', is any length; empty if the graph declares no shape. */
  readonly shape: readonly (number | string)[]
}

type Runtime = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor'>

/** A loaded ONNX graph. Runs must not overlap; a native run blocks its thread. */
export class OnnxSession {
  readonly engine: OnnxEngine
  readonly #runtime: Runtime
  readonly #session: InferenceSession

  private constructor(engine: OnnxEngine, runtime: Runtime, session: InferenceSession) {
    this.engine = engine
    this.#runtime = runtime
    this.#session = session
  }

  static async open(model: Uint8Array, options: SessionOptions = {}): Promise<OnnxSession> {
    const { threads = 1, optimization = 'all', external = {} } = options
    const engine = options.engine ?? ((await hasNative()) ? 'native' : 'wasm')
    const runtime = await load(engine, threads)
    const session = await runtime.InferenceSession.create(model, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: optimization,
      logSeverityLevel: 4, // errors are thrown, so they need not be logged to stderr
      externalData: Object.entries(external).map(([path, data]) => ({ path, data })),
      extra: { session: { intra_op: { allow_spinning: '0' } } }, // spinning threads starve a shared machine
    })
    return new OnnxSession(engine, runtime, session)
  }

  get inputs(): readonly string[] {
    return this.#session.inputNames
  }

  get outputs(): readonly string[] {
    return this.#session.outputNames
  }

  get inputSpecs(): readonly TensorSpec[] {
    return this.#session.inputMetadata.map(specOf)
  }

  get outputSpecs(): readonly TensorSpec[] {
    return this.#session.outputMetadata.map(specOf)
  }

  /** Computes the `wanted` outputs, by default all. */
  async run<Data extends AnyData = TensorData>(
    feeds: Tensors,
    wanted: readonly string[] | InferenceSession.FetchesType = this.outputs,
  ): Promise<Record<string, OnnxTensor<Data>>> {
    const inputs = Object.entries(feeds).map(([name, tensor]) => [name, this.#tensor(tensor)] as const)
    const results = await this.#session.run(Object.fromEntries(inputs), wanted)
    return results as unknown as Record<string, OnnxTensor<Data>>
  }

  /** Computes the `wanted` outputs, by default all; those with a tensor in `buffers` are written there, which avoids allocations. */
  async runInto(
    feeds: Tensors,
    buffers: Readonly<Record<string, OnnxTensor>>,
    wanted = this.outputs,
  ): Promise<Record<string, OnnxTensor>> {
    if (this.engine === 'native') return this.run(feeds, this.#fetches(buffers, wanted))
    const results = await this.run(feeds, wanted)
    for (const [name, { data, dims }] of Object.entries(buffers)) {
      const result = results[name]!
      // A smaller result would leave a part of the buffer as it was.
      if (result.dims.join() !== dims.join())
        throw new Error(`The output '${name}' of the graph is [${result.dims}] where [${dims}] is expected.`)
      data.set(result.data as never)
    }
    return results
  }

  close(): Promise<void> {
    return this.#session.release()
  }

  #fetches(
    buffers: Readonly<Record<string, OnnxTensor>>,
    wanted: readonly string[],
  ): InferenceSession.FetchesType {
    const fetch = (name: string) => (buffers[name] ? this.#tensor(buffers[name]) : null)
    return Object.fromEntries(wanted.map((name) => [name, fetch(name)]))
  }

  #tensor({ data, dims, type }: OnnxTensor<AnyData>): Tensor {
    const { Tensor } = this.#runtime
    if (type !== undefined) return new Tensor(type as 'float32', data as Float32Array, dims)
    if (data instanceof Float32Array) return new Tensor('float32', data, dims)
    if (data instanceof Int32Array) return new Tensor('int32', data, dims)
    return new Tensor('int64', data as BigInt64Array, dims)
  }
}

function specOf(metadata: InferenceSession.ValueMetadata): TensorSpec {
  const { name } = metadata
  return metadata.isTensor
    ? { name, type: metadata.type, shape: metadata.shape }
    : { name, type: undefined, shape: [] }
}

async function load(engine: OnnxEngine, threads: number): Promise<Runtime> {
  if (engine === 'native') return import('onnxruntime-node')
  const web = await import('onnxruntime-web')
  web.env.wasm.numThreads = threads
  return web as unknown as Runtime
}

/** False e.g. for macOS on Intel and for musl. */
function hasNative(): Promise<boolean> {
  return import('onnxruntime-node').then(
    () => true,
    () => false,
  )
}
