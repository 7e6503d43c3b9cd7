import type { Graph, Value } from '../graph/graph.js'
import * as n from '../graph/nodes.js'
import type { NetworkSizes } from './network.js'
import type { Layer } from './transformer.js'

/**
 * Attention of the last position to all, [batch, width], for inference. A single query needs no keys and values: with the
 * projections K = xWₖ and V = xWᵥ, the scores are x·(Wₖq) and the mean of the values is (Σ px)Wᵥ. The products of the weights
 * are constants, which the runtime computes once.
 *
 * @param x [batch·length, width]
 * @param hidden added to the scores, [batch, 1, 1, length]
 */
export function attendLast(layer: Layer, x: Value, hidden: Value, { width, heads }: NetworkSizes): Value {
  const { g } = layer
  const { query, output } = foldProjections(layer, { width, heads })
  const inputs = n.reshape(g, layer.norm('attention.norm', x), ['batch', 'length', width])
  const projected = n.gemm(g, n.takeIndex(g, inputs, 1, -1), query.weight, { bias: query.bias })
  const queries = n.reshape(g, projected, ['batch', heads, width])
  const scores = n.matMul(g, queries, n.transposeLast(g, inputs))
  const weights = n.softmax(g, n.add(g, scores, n.reshape(g, hidden, ['batch', 1, 'length'])))
  const mixed = n.reshape(g, n.matMul(g, weights, inputs), ['batch', heads * width])
  return n.gemm(g, mixed, output.weight, { bias: output.bias })
}

interface Projection {
  readonly weight: Value
  readonly bias: Value
}

/** From the last input to one query of the inputs per head, and from the mixed inputs of the heads to the output. */
function foldProjections(
  layer: Layer,
  { width, heads }: Pick<NetworkSizes, 'width' | 'heads'>,
): { query: Projection; output: Projection } {
  const { g } = layer
  const depth = width / heads
  const [queryWeight, keyWeight, valueWeight] = parts(g, layer.parameter('attention.in', 'weight'), [
    width,
    heads,
    depth,
  ])
  const [queryBias, , valueBias] = parts(g, layer.parameter('attention.in', 'bias'), [1, heads, depth])
  const keys = n.scale(g, n.transposeLast(g, keyWeight), 1 / Math.sqrt(depth))
  const query = n.transpose(g, n.matMul(g, queryWeight, keys), [1, 0, 2])
  const outputWeight = layer.parameter('attention.out', 'weight')
  const values = n.matMul(g, valueWeight, n.reshape(g, outputWeight, [heads, depth, width]))
  const bias = layer.parameter('attention.out', 'bias')
  return {
    query: {
      weight: n.reshape(g, query, [width, heads * width]),
      bias: n.reshape(g, n.matMul(g, queryBias, keys), [heads * width]),
    },
    output: {
      weight: n.reshape(g, values, [heads * width, width]),
      bias: n.reshape(g, n.gemm(g, n.reshape(g, valueBias, [1, width]), outputWeight, { bias }), [width]),
    },
  }
}

/** The parameters [rows, 3·heads·depth] of queries, keys and values, each [heads, rows, depth]. */
function parts(g: Graph, parameters: Value, [rows, heads, depth]: readonly [number, number, number]) {
  const split = n.reshape(g, parameters, [rows, 3, heads, depth])
  const ordered = n.transpose(g, split, [1, 2, 0, 3])
  return [0, 1, 2].map((part) => n.takeIndex(g, ordered, 0, part)) as [Value, Value, Value]
}
