import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { ApiError, invalid, messageOf } from '@cairn/platform/errors'
import { dataFileOf, type FlavorConfig, type Mlmodel } from '../mlmodel/mlmodel.js'
import { readModelFile } from '../mlmodel/model-folder.js'
import type { Signature } from '../mlmodel/signature.js'
import { type ModelInput, parseInput } from '../scoring-protocol/model-input.js'
import type { ScoringInput } from '../scoring-protocol/scoring-input.js'
import { SerialQueue } from '../serial-queue.js'
import { readExternalData } from './external-data.js'
import { feedsOf } from './feeds.js'
import {
  type AnyData,
  type OnnxEngine,
  OnnxSession,
  type OnnxTensor,
  type SessionOptions,
} from './session.js'
import { flatOf, isServed, nestedOf } from './tensor.js'

/** In one answer: as JSON some 20 MB. */
const MAX_ELEMENTS = 1_000_000

/**
 * A graph as MLflow's flavor `onnx` stores it, asked and answering as its pyfunc does: a data frame for a data frame,
 * each output flattened to a column, else nested lists by output (ADR 10).
 */
export class OnnxModel {
  readonly #session: OnnxSession
  readonly #signature: Signature | undefined
  readonly #queue = new SerialQueue()

  constructor(session: OnnxSession, signature?: Signature) {
    this.#session = session
    this.#signature = signature
  }

  /** @throws INVALID_PARAMETER_VALUE naming what of the input does not fit */
  async invoke(input: ScoringInput): Promise<unknown> {
    const parsed = parseInput(input, this.#signature)
    if (parsed.kind === 'frame' && parsed.frame.rows === 0) return []
    const outputs = await this.#queue.run(() => this.#run(parsed))
    return parsed.kind === 'frame'
      ? recordsOf(outputs)
      : Object.fromEntries(outputs.map(([name, tensor]) => [name, nestedOf(tensor)]))
  }

  async close(): Promise<void> {
    await this.#queue.drain()
    await this.#session.close()
  }

  async #run(input: ModelInput): Promise<[string, OnnxTensor<AnyData>][]> {
    const feeds = feedsOf(input, this.#session.inputSpecs, this.#signature)
    try {
      const outputs = await this.#session.run<AnyData>(feeds)
      return requireFewElements(this.#session.outputs.map((name) => [name, outputs[name]!]))
    } catch (cause) {
      if (cause instanceof ApiError) throw cause
      // What the runtime says names its own sources and nothing that a caller could use
      const given = Object.entries(feeds).map(
        ([name, { type, dims }]) => `'${name}' ${type}[${dims.join(', ')}]`,
      )
      throw invalid(`The graph cannot be computed for these values: ${given.join(', ')}.`, { cause })
    }
  }
}

function requireFewElements(outputs: [string, OnnxTensor<AnyData>][]): [string, OnnxTensor<AnyData>][] {
  const elements = outputs.reduce((sum, [, { data }]) => sum + data.length, 0)
  if (elements > MAX_ELEMENTS)
    throw invalid(`The answer has ${elements} values, more than ${MAX_ELEMENTS}: send the rows in parts.`)
  return outputs
}

function recordsOf(outputs: readonly [string, OnnxTensor<AnyData>][]): unknown[] {
  const columns = outputs.map(([name, tensor]) => [name, flatOf(tensor)] as const)
  const rows = columns[0]![1].length
  const odd = columns.find(([, column]) => column.length !== rows)
  if (odd)
    throw invalid(
      `The outputs '${columns[0]![0]}' (${rows} values) and '${odd[0]}' (${odd[1].length}) make no table: ` +
        "ask with 'inputs' to get each as it is.",
    )
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map(([name, column]) => [name, column[row]])),
  )
}

/** @throws INVALID_PARAMETER_VALUE for a graph that cannot be served, with the reason */
export async function readOnnx(
  folder: string,
  { flavors, signature }: Mlmodel,
  engine?: OnnxEngine,
): Promise<OnnxModel> {
  const config = flavors.onnx!
  const file = dataFileOf(config, 'onnx')
  const onnx = await readModelFile(folder, file)
  const external = await readExternalData(onnx, dirname(join(folder, file)))
  const options = { ...optionsOf(config), external, ...(engine && { engine }) }
  const session = await OnnxSession.open(onnx, options).catch((cause: unknown) => {
    if (cause instanceof ApiError) throw cause
    throw invalid(`${file}: onnxruntime cannot load this graph: ${messageOf(cause)}`, { cause })
  })
  const odd = [...session.inputSpecs, ...session.outputSpecs].find(({ type }) => !isServed(type))
  if (!odd) return new OnnxModel(session, signature)
  await session.close()
  throw invalid(
    odd.type
      ? `${file}: '${odd.name}' is ${odd.type}, which is not served: cast it inside the graph`
      : `${file}: '${odd.name}' is no tensor; where skl2onnx made the graph, convert with zipmap=False`,
  )
}

const LEVELS: Readonly<Record<string, SessionOptions['optimization']>> = {
  0: 'disabled',
  1: 'basic',
  2: 'extended',
}

/** What `onnx_session_options` asks for, within this machine; one thread where it asks for nothing. */
function optionsOf({ onnx_session_options: given }: FlavorConfig): SessionOptions {
  const options = (typeof given === 'object' && given !== null ? given : {}) as FlavorConfig
  const { intra_op_num_threads: threads, graph_optimization_level: level } = options
  const wanted = Number.isInteger(threads) ? Math.max(1, threads as number) : 1
  return {
    threads: Math.min(wanted, availableParallelism()),
    optimization: LEVELS[String(level)] ?? 'all',
  }
}
