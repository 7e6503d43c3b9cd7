import type { Dim, Graph, Value } from '../graph/graph.js'
import * as n from '../graph/nodes.js'
import * as ops from '../graph/ops.js'
import { attendLast } from './last-attention.js'
import { type Dropout, type NetworkSizes, PADDING, type ParameterSpec, type Parameters } from './network.js'

/** Initialization of all weights, as in BERT. */
export const WEIGHTS = { deviation: 0.02 } as const
const FEED_FORWARD = 4
/** Added to the attention scores of masked positions. */
const MASKED_SCORE = -1e9

export const TOKENS = 'batch·length'

export const normParameters = (name: string, width: number): ParameterSpec[] => [
  { name: `${name}.gain`, shape: [width], start: { value: 1 } },
  { name: `${name}.bias`, shape: [width], start: { value: 0 } },
]

export const linearParameters = (name: string, from: number, to: number): ParameterSpec[] => [
  { name: `${name}.weight`, shape: [from, to], start: WEIGHTS },
  { name: `${name}.bias`, shape: [to], start: { value: 0 } },
]

export const trunkParameters = (
  { width, blocks, maxLength }: NetworkSizes,
  tokens: number,
): ParameterSpec[] => [
  { name: 'items', shape: [tokens, width], start: WEIGHTS },
  { name: 'positions', shape: [maxLength, width], start: WEIGHTS },
  ...Array.from({ length: blocks }, (_, block) => blockParameters(`block${block}`, width)).flat(),
  ...normParameters('norm', width),
]

const blockParameters = (name: string, width: number) => [
  ...normParameters(`${name}.attention.norm`, width),
  ...linearParameters(`${name}.attention.in`, width, 3 * width),
  ...linearParameters(`${name}.attention.out`, width, width),
  ...normParameters(`${name}.forward.norm`, width),
  ...linearParameters(`${name}.forward.in`, width, FEED_FORWARD * width),
  ...linearParameters(`${name}.forward.out`, FEED_FORWARD * width, width),
]

interface TrunkOptions {
  readonly sizes: NetworkSizes
  readonly dropout: Dropout
  /** Masks later positions. */
  readonly causal: boolean
  /** Returns the vectors of the last position, [batch, width]: the last block computes no others. For inference. */
  readonly lastOnly?: boolean
}

/**
 * Tokens [batch, length] → [batch·length, width]: item and position embeddings, counted from the end of the sequence, and
 * blocks that normalize first (Xiong et al. 2020, arXiv 2002.04745).
 */
export function trunk(
  g: Graph,
  p: Parameters,
  tokens: Value,
  { sizes, dropout, causal, lastOnly = false }: TrunkOptions,
): Value {
  const { width, blocks } = sizes
  const placed = ops.add(g, ops.embed(g, p.items!, tokens), ops.lastRows(g, p.positions!, 'length'))
  const padded = fillers(g, tokens)
  const hidden = causal ? n.add(g, padded, future(g)) : padded
  let x = dropout.drop(g, ops.reshape(g, placed, [TOKENS, width]))
  for (let block = 0; block < blocks; block++) {
    const layer = new Layer(g, p, `block${block}`)
    const isLast = lastOnly && block === blocks - 1
    const attended = isLast
      ? attendLast(layer, x, padded, sizes) // no position is later than the last
      : attend(layer, x, hidden, { sizes, dropout })
    if (isLast) x = n.takeIndex(g, n.reshape(g, x, ['batch', 'length', width]), 1, -1)
    x = ops.add(g, x, dropout.drop(g, attended))
    x = ops.add(g, x, dropout.drop(g, forward(layer, x)))
  }
  return new Layer(g, p, 'norm').norm('', x)
}

/** Accesses the parameters of one layer by their names within it. */
export class Layer {
  readonly g: Graph
  readonly #p: Parameters
  readonly #name: string

  constructor(g: Graph, p: Parameters, name: string) {
    this.g = g
    this.#p = p
    this.#name = name
  }

  linear(name: string, x: Value): Value {
    return ops.linear(this.g, x, this.parameter(name, 'weight'), this.parameter(name, 'bias'))
  }

  norm(name: string, x: Value): Value {
    return ops.layerNorm(this.g, x, this.parameter(name, 'gain'), this.parameter(name, 'bias'))
  }

  parameter(name: string, parameter: string): Value {
    return this.#p[[this.#name, name, parameter].filter((part) => part !== '').join('.')]!
  }
}

function attend(
  layer: Layer,
  x: Value,
  hidden: Value,
  { sizes, dropout }: Pick<TrunkOptions, 'sizes' | 'dropout'>,
): Value {
  const { g } = layer
  const { width, heads } = sizes
  const projected = layer.linear('attention.in', layer.norm('attention.norm', x))
  const split = ops.reshape(g, projected, ['batch', 'length', 3, heads, width / heads])
  const [q, k, v] = ops.unstack(g, ops.transpose(g, split, [2, 0, 3, 1, 4])) as [Value, Value, Value]
  const kept = dropout.mask(g, ['batch', heads, 'length', 'length'])
  const attended = ops.transpose(g, ops.attention(g, [q, k, v], hidden, kept), [0, 2, 1, 3])
  return layer.linear('attention.out', ops.reshape(g, attended, [TOKENS, width]))
}

const forward = (layer: Layer, x: Value) =>
  layer.linear('forward.out', ops.gelu(layer.g, layer.linear('forward.in', layer.norm('forward.norm', x))))

/** [batch, 1, 1, length] */
function fillers(g: Graph, tokens: Value): Value {
  const filler = n.equal(g, tokens, g.scalar(PADDING, 'int32'))
  return n.reshape(g, n.where(g, filler, g.scalar(MASKED_SCORE), g.scalar(0)), ['batch', 1, 1, 'length'])
}

/** [length, length] */
function future(g: Graph): Value {
  const count = n.reshape(g, n.dimOf(g, 'length'), [])
  const shape: Dim[] = ['length']
  const positions = g.node('Range', [g.scalar(0, 'int64'), count, g.scalar(1, 'int64')], shape, {}, 'int64')
  const later = n.greater(g, positions, n.reshape(g, positions, ['length', 1]))
  return n.where(g, later, g.scalar(MASKED_SCORE), g.scalar(0))
}
