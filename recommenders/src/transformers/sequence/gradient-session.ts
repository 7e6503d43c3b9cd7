import { type OnnxEngine, OnnxSession, type OnnxTensor } from '@cairn/flavors/onnx/session'
import type { Dim } from '../graph/graph.js'
import { DropoutPool } from './dropout-pool.js'
import type { Network } from './network.js'
import type { ParameterLayout } from './parameter-layout.js'
import type { Shard } from './shards.js'
import { type TrainingGraph, trainingGraph } from './training-graph.js'

export interface GradientOptions {
  /** Dropout rate. */
  readonly dropout: number
  readonly engine?: OnnxEngine | undefined
}

/** Seeds of the dropout masks. */
export interface MaskSeeds {
  readonly pool: number
  readonly windows: number
}

/** Computes the loss and gradient of shards. */
export class GradientSession {
  readonly #layout: ParameterLayout
  readonly #graph: TrainingGraph
  readonly #session: OnnxSession
  readonly #pool: DropoutPool
  /** The output buffer of the dense gradients. */
  readonly #dense: Float32Array
  readonly #outputs: Readonly<Record<string, OnnxTensor>>

  private constructor(layout: ParameterLayout, graph: TrainingGraph, session: OnnxSession, dropout: number) {
    this.#layout = layout
    this.#graph = graph
    this.#session = session
    this.#pool = new DropoutPool(dropout)
    this.#dense = new Float32Array(layout.size)
    const dense = Object.entries(parameterTensors(layout, this.#dense))
    this.#outputs = Object.fromEntries(dense.map(([name, tensor]) => [`${name}.gradient`, tensor]))
  }

  static async open(
    network: Network,
    layout: ParameterLayout,
    { dropout, engine }: GradientOptions,
  ): Promise<GradientSession> {
    const graph = trainingGraph(network, dropout > 0)
    const session = await OnnxSession.open(graph.onnx, engine ? { engine } : {})
    return new GradientSession(layout, graph, session, dropout)
  }

  /** Adds the gradient to `sum`, which has the parameter layout, and returns the loss. */
  async run(parameters: Float32Array, shard: Shard, seeds: MaskSeeds, sum: Float32Array): Promise<number> {
    const feeds = {
      ...parameterTensors(this.#layout, parameters),
      ...shardTensors(shard),
      ...this.#masks(shard, seeds),
    }
    const results = await this.#session.runInto(feeds, this.#outputs)
    for (let at = 0; at < sum.length; at++) sum[at]! += this.#dense[at]!
    for (const [name, gradient] of this.#layout.views(sum)) {
      for (let part = 0; part < (this.#graph.rowUpdates.get(name) ?? 0); part++)
        addRows(gradient, results[`${name}.ids.${part}`]!, results[`${name}.rows.${part}`]!)
    }
    return results.loss!.data[0] as number
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  #masks(shard: Shard, seeds: MaskSeeds): Record<string, OnnxTensor> {
    const { masks } = this.#graph
    if (masks.length === 0) return {}
    const dims = masks.map(({ shape }) => shape.map((dim) => sizeOf(dim, shard)))
    const sizes = dims.map((shape) => shape.reduce((a, b) => a * b, 1))
    const data = this.#pool.masks(sizes, seeds)
    return Object.fromEntries(masks.map(({ name }, n) => [name, { data: data[n]!, dims: dims[n]! }]))
  }
}

export function parameterTensors(
  layout: ParameterLayout,
  parameters: Float32Array,
): Record<string, OnnxTensor> {
  const views = layout.views(parameters)
  return Object.fromEntries(
    layout.specs.map(({ name, shape }) => [name, { data: views.get(name)!, dims: shape }]),
  )
}

function shardTensors({
  batch,
  length,
  tokens,
  positions,
  labels,
  weight,
}: Shard): Record<string, OnnxTensor> {
  const targets = [positions.length]
  return {
    tokens: { data: tokens, dims: [batch, length] },
    target_positions: { data: positions, dims: targets },
    labels: { data: labels, dims: targets },
    weights: { data: new Float32Array(positions.length).fill(weight), dims: targets },
  }
}

/** Resolves the named sizes of a shard and products of them: `batch·length`. */
function sizeOf(dim: Dim, shard: Shard): number {
  if (typeof dim === 'number') return dim
  const sizes: Readonly<Record<string, number>> = { batch: shard.batch, length: shard.length }
  return dim.split('·').reduce((product, name) => product * (sizes[name] ?? Number(name)), 1)
}

function addRows(table: Float32Array, ids: OnnxTensor, rows: OnnxTensor): void {
  const of = ids.data as Int32Array
  const data = rows.data as Float32Array
  const width = data.length / of.length
  for (let row = 0; row < of.length; row++) {
    const to = of[row]! * width
    const from = row * width
    for (let k = 0; k < width; k++) table[to + k]! += data[from + k]!
  }
}
