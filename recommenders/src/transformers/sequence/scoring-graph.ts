import { Graph, type Value } from '../graph/graph.js'
import * as n from '../graph/nodes.js'
import type { Network, Parameters } from './network.js'

/**
 * Exports a graph that scores the next item. Input `history` [batch, length]: item row + 1, padded with 0 on the left; only
 * the end of longer histories is used. Outputs: `scores` [batch, items], `top_scores` and `top_items` (rows) [batch, top].
 */
export function exportGraph(
  network: Network,
  weights: ReadonlyMap<string, Float32Array>,
  top: number,
): Uint8Array {
  const g = new Graph()
  const p = Object.fromEntries(
    network.parameters.map(({ name, shape }) => [name, g.weights(name, shape, weights.get(name)!)]),
  )
  const history = g.input('history', 'int64', ['batch', 'given'])
  const scores = scoresAfter(g, network, p, n.cast(g, history, 'int32'))
  g.output('scores', scores)
  const best = [g.ints([Math.min(top, network.sizes.items)])]
  const shape = ['batch', Math.min(top, network.sizes.items)]
  const [topScores, topItems] = g.nodes('TopK', [scores, ...best], [shape, shape], { axis: -1 })
  g.output('top_scores', topScores!)
  g.output('top_items', { ...topItems!, type: 'int64' })
  return g.encode('next item')
}

/** Like `exportGraph`, with the parameters and an int32 history as inputs, for validation during training. */
export function validationGraph(network: Network): Uint8Array {
  const g = new Graph()
  const p = Object.fromEntries(
    network.parameters.map(({ name, shape }) => [name, g.input(name, 'float32', shape)]),
  )
  const history = g.input('history', 'int32', ['batch', 'given'])
  g.output('scores', scoresAfter(g, network, p, history))
  return g.encode('probe')
}

function scoresAfter(g: Graph, network: Network, p: Parameters, history: Value): Value {
  const { items } = network.sizes
  const tokens = appendQueryToken(g, network, history)
  const last = network.encodeLast(g, p, tokens)
  const { table, bias } = network.classes(p)
  const ofItems = (rows: Value) => n.slice(g, rows, 0, g.ints([1]), g.ints([items + 1]), items)
  return n.gemm(g, network.head(g, p, last), ofItems(table), {
    transposeB: true,
    ...(bias && { bias: ofItems(bias) }),
  })
}

/** The end of the history followed by the query token. */
function appendQueryToken(g: Graph, { sizes, queryToken }: Network, history: Value): Value {
  const room = sizes.maxLength - (queryToken === undefined ? 0 : 1)
  const end = n.slice(g, history, 1, g.ints([-room]), g.ints([Number.MAX_SAFE_INTEGER]), 'kept')
  if (queryToken === undefined) return named(g, end)
  const rows = g.node('Shape', [history], [1], { start: 0, end: 1 }, 'int64')
  const shape = n.concat(g, [rows, g.ints([1])], 0, 2)
  const query = g.node('Expand', [g.scalar(queryToken, 'int32'), shape], ['batch', 1], {}, 'int32')
  return named(g, n.concat(g, [end, query], 1, 'length'))
}

function named(g: Graph, tokens: Value): Value {
  const value = { ...tokens, shape: ['batch', 'length'] }
  n.nameDims(g, value)
  return value
}
