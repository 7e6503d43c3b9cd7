import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { ApiError, invalid, messageOf } from '@cairn/platform/errors'
import { checkDeadline } from '../deadline.js'
import type { ModelRequest, Predictor } from '../flavor.js'
import { dataFileOf, type FlavorConfig, type Mlmodel } from '../mlmodel/mlmodel.js'
import { readModelFile } from '../mlmodel/model-folder.js'
import type { Signature } from '../mlmodel/signature.js'
import { type ModelInput, parseInput } from '../scoring-protocol/model-input.js'
import { SerialQueue } from '../serial-queue.js'
import { readExternalData } from './external-data.js'
import { buildFeeds } from './feeds.js'
import {
  type AnyData,
  type OnnxEngine,
  OnnxSession,
  type OnnxTensor,
  type SessionOptions,
} from './session.js'
import { isSupportedType, toFlat, toNested } from './tensor.js'

/** Limit for one response, about 20 MB of JSON. */
const MAX_ELEMENTS = 1_000_000

/**
 * A graph of MLflow's flavor `onnx` with the requests and responses of its pyfunc: a data frame returns a data frame with
 * each output flattened to a column, other inputs return nested lists by output (ADR 10).
 */
export class OnnxModel implements Predictor {
  readonly #session: OnnxSession
  readonly #signature: Signature | undefined
  readonly #queue = new SerialQueue()

  constructor(session: OnnxSession, signature?: Signature) {
    this.#session = session
    this.#signature = signature
  }

  /** @throws INVALID_PARAMETER_VALUE naming the invalid input, DEADLINE_EXCEEDED when its turn comes too late */
  async invoke({ input, deadline }: ModelRequest): Promise<unknown> {
    const parsed = parseInput(input, this.#signature)
    if (parsed.kind === 'frame' && parsed.frame.rows === 0) return []
    const outputs = await this.#queue.run(() => {
      checkDeadline(deadline)
      return this.#run(parsed)
    })
    return parsed.kind === 'frame'
      ? toRecords(outputs)
      : Object.fromEntries(outputs.map(([name, tensor]) => [name, toNested(tensor)]))
  }

  async close(): Promise<void> {
    await this.#queue.drain()
    await this.#session.close()
  }

  async #run(input: ModelInput): Promise<[string, OnnxTensor<AnyData>][]> {
    const feeds = buildFeeds(input, this.#session.inputSpecs, this.#signature)
    try {
      const outputs = await this.#session.run<AnyData>(feeds)
      return requireElementLimit(this.#session.outputs.map((name) => [name, outputs[name]!]))
    } catch (cause) {
      if (cause instanceof ApiError) throw cause
      // The runtime's message names its own sources and nothing useful to the caller
      const shapes = Object.entries(feeds).map(
        ([name, { type, dims }]) => `'${name}' ${type}[${dims.join(', ')}]`,
      )
      throw invalid(`The graph cannot be computed for these values: ${shapes.join(', ')}.`, { cause })
    }
  }
}

function requireElementLimit(outputs: [string, OnnxTensor<AnyData>][]): [string, OnnxTensor<AnyData>][] {
  const elements = outputs.reduce((sum, [, { data }]) => sum + data.length, 0)
  if (elements > MAX_ELEMENTS)
    throw invalid(`The response has ${elements} values, more than ${MAX_ELEMENTS}: send the rows in batches.`)
  return outputs
}

function toRecords(outputs: readonly [string, OnnxTensor<AnyData>][]): unknown[] {
  const columns = outputs.map(([name, tensor]) => [name, toFlat(tensor)] as const)
  const rows = columns[0]![1].length
  const odd = columns.find(([, column]) => column.length !== rows)
  if (odd)
    throw invalid(
      `The outputs '${columns[0]![0]}' (${rows} values) and '${odd[0]}' (${odd[1].length}) do not form a table: ` +
        "send 'inputs' to get each output separately.",
    )
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map(([name, column]) => [name, column[row]])),
  )
}

/** @throws INVALID_PARAMETER_VALUE for an unsupported or broken graph, with the reason */
export async function readOnnx(
  folder: string,
  { flavors, signature }: Mlmodel,
  engine?: OnnxEngine,
): Promise<OnnxModel> {
  const config = flavors.onnx!
  const file = dataFileOf(config, 'onnx')
  const onnx = await readModelFile(folder, file)
  const external = await readExternalData(onnx, dirname(join(folder, file)))
  const options = { ...sessionOptions(config), external, ...(engine && { engine }) }
  const session = await OnnxSession.open(onnx, options).catch((cause: unknown) => {
    if (cause instanceof ApiError) throw cause
    throw invalid(`${file}: onnxruntime cannot load this graph: ${messageOf(cause)}`, { cause })
  })
  const odd = [...session.inputSpecs, ...session.outputSpecs].find(({ type }) => !isSupportedType(type))
  if (!odd) return new OnnxModel(session, signature)
  await session.close()
  throw invalid(
    odd.type
      ? `${file}: '${odd.name}' is ${odd.type}, which is not supported: cast it inside the graph`
      : `${file}: '${odd.name}' is not a tensor; for skl2onnx, convert with zipmap=False`,
  )
}

const LEVELS: Readonly<Record<string, SessionOptions['optimization']>> = {
  0: 'disabled',
  1: 'basic',
  2: 'extended',
}

/** Reads `onnx_session_options`; threads default to 1 and are capped by the processors of this machine. */
function sessionOptions({ onnx_session_options: value }: FlavorConfig): SessionOptions {
  const options = (typeof value === 'object' && value !== null ? value : {}) as FlavorConfig
  const { intra_op_num_threads: threads, graph_optimization_level: level } = options
  const wanted = Number.isInteger(threads) ? Math.max(1, threads as number) : 1
  return {
    threads: Math.min(wanted, availableParallelism()),
    optimization: LEVELS[String(level)] ?? 'all',
  }
}
