/** Differentiable operations: each emits its forward pass and records its reverse-mode rule. */
import type { Graph, Value } from './graph.js'
import * as n from './nodes.js'

/** Adds with broadcasting. */
export function add(g: Graph, a: Value, b: Value): Value {
  const sum = n.add(g, a, b)
  g.record([a, b], [sum], ([d]) => [n.sumTo(g, d!, a.shape), n.sumTo(g, d!, b.shape)])
  return sum
}

/** Multiplies elementwise by a mask that is not differentiated: dropout with a mask of 0 and 1 / keep. */
export function mask(g: Graph, a: Value, factors: Value): Value {
  const product = n.multiply(g, a, factors)
  g.record([a], [product], ([d]) => [n.multiply(g, d!, factors)])
  return product
}

export function reshape(g: Graph, a: Value, shape: Value['shape']): Value {
  const reshaped = n.reshape(g, a, shape)
  if (reshaped !== a) g.record([a], [reshaped], ([d]) => [n.reshape(g, d!, a.shape)])
  return reshaped
}

export function transpose(g: Graph, a: Value, order: readonly number[]): Value {
  const transposed = n.transpose(g, a, order)
  const inverse = order.map((_, axis) => order.indexOf(axis))
  g.record([a], [transposed], ([d]) => [n.transpose(g, d!, inverse)])
  return transposed
}

/** xW + b for the rows of a matrix. */
export function linear(g: Graph, x: Value, weight: Value, bias: Value): Value {
  const y = n.gemm(g, x, weight, { bias })
  g.record([x, weight, bias], [y], ([d]) => [
    n.gemm(g, d!, weight, { transposeB: true }),
    n.gemm(g, x, d!, { transposeA: true }),
    n.columnSums(g, d!),
  ])
  return y
}

/**
 * The exact x Φ(x), where Φ is the normal distribution function (Hendrycks & Gimpel 2016, arXiv 1606.08415), in the form that
 * ONNX Runtime fuses to one operator.
 */
export function gelu(g: Graph, x: Value): Value {
  const c = n.divide(g, x, g.scalar(Math.SQRT2))
  const twiceCdf = n.add(g, n.erf(g, c), g.scalar(1))
  const y = n.scale(g, n.multiply(g, x, twiceCdf), 0.5)
  g.record([x], [y], ([d]) => {
    const twiceDensity = n.exp(
      g,
      n.subtract(g, g.scalar(Math.LN2 - Math.log(Math.PI) / 2), n.multiply(g, c, c)),
    )
    const twiceSlope = n.add(g, twiceCdf, n.multiply(g, c, twiceDensity))
    return [n.multiply(g, n.scale(g, d!, 0.5), twiceSlope)]
  })
  return y
}

const EPSILON = 1e-5

/** Normalizes rows to mean 0 and variance 1, then applies gain and bias (Ba et al. 2016, arXiv 1607.06450). */
export function layerNorm(g: Graph, x: Value, gain: Value, bias: Value): Value {
  const [rows, width] = x.shape as [Value['shape'][0], number]
  const attributes = { axis: -1, epsilon: { float: EPSILON } }
  const shapes = [x.shape, [rows, 1], [rows, 1]]
  const [y, mean, inverse] = g.nodes('LayerNormalization', [x, gain, bias], shapes, attributes)
  g.record([x, gain, bias], [y!], ([d]) => {
    const unit = n.multiply(g, n.subtract(g, x, mean!), inverse!)
    const along = n.multiply(g, d!, unit)
    const share = n.scale(g, n.reshape(g, gain, [width, 1]), 1 / width)
    const level = n.subtract(g, n.multiply(g, d!, gain), n.matMul(g, d!, share))
    const spread = n.multiply(g, unit, n.matMul(g, along, share))
    const dx = n.multiply(g, n.subtract(g, level, spread), inverse!)
    return [dx, n.columnSums(g, along), n.columnSums(g, d!)]
  })
  return y!
}

/**
 * Scaled dot-product attention over [batch, heads, length, width]. `hidden` (0 or a large negative number) is added to
 * the scores, `dropout` multiplies the weights; neither is differentiated. The rule uses Σ_j p_j dp_j = o·do, which
 * saves a pass over length² (Dao et al. 2022, arXiv 2205.14135, appendix B).
 */
export function attention(
  g: Graph,
  [q, k, v]: readonly [Value, Value, Value],
  hidden: Value,
  dropout?: Value,
): Value {
  const factor = 1 / Math.sqrt(q.shape.at(-1) as number)
  const scores = n.matMul(g, n.scale(g, q, factor), n.transposeLast(g, k))
  const weights = n.softmax(g, n.add(g, scores, hidden))
  const kept = dropout ? n.multiply(g, weights, dropout) : weights
  const out = n.matMul(g, kept, v)
  g.record([q, k, v], [out], ([d]) => {
    const inner = n.sum(g, n.multiply(g, d!, out), [-1], true)
    const dKept = n.matMul(g, d!, n.transposeLast(g, v))
    const dWeights = dropout ? n.multiply(g, dKept, dropout) : dKept
    const dScores = n.multiply(g, weights, n.subtract(g, dWeights, inner))
    return [
      n.scale(g, n.matMul(g, dScores, k), factor),
      n.scale(g, n.matMul(g, n.transposeLast(g, dScores), q), factor),
      n.matMul(g, n.transposeLast(g, kept), d!),
    ]
  })
  return out
}

/** Unstacks the first axis. */
export function unstack(g: Graph, a: Value): readonly Value[] {
  const [count, ...shape] = a.shape as [number, ...Value['shape']]
  const parts = g
    .nodes('Split', [a], Array(count).fill([1, ...shape]), { axis: 0 })
    .map((part) => n.reshape(g, part, shape))
  g.record([a], parts, (gradients) => {
    const stacked = gradients.map((d) => n.reshape(g, d!, [1, ...shape]))
    return [n.concat(g, stacked, 0, count)]
  })
  return parts
}

/** Looks up rows of a parameter by `ids` of any shape; the gradient is a list of row updates. */
export function embed(g: Graph, table: Value, ids: Value): Value {
  const width = table.shape[1]!
  const rows = n.gather(g, table, ids)
  g.record([table], [rows], ([d]) => {
    const list = n.flatten(g, ids)
    return [{ ids: list, rows: n.reshape(g, d!, [list.shape[0]!, width]) }]
  })
  return rows
}

/** Selects rows of a matrix; `ids` must be distinct. */
export function pickRows(g: Graph, x: Value, ids: Value): Value {
  const rows = n.gather(g, x, ids)
  g.record([x], [rows], ([d]) => [n.scatterRows(g, d!, ids, x)])
  return rows
}

/** The last `length` rows of a table. */
export function lastRows(g: Graph, table: Value, length: Value['shape'][0]): Value {
  const size = g.ints([table.shape[0] as number])
  const from = g.node('Sub', [size, n.dimOf(g, length)], [1], {}, 'int64')
  const rows = n.slice(g, table, 0, from, size, length)
  g.record([table], [rows], ([d]) => {
    const before = n.concat(g, [from, g.ints([0, 0, 0])], 0, 4)
    return [g.node('Pad', [d!, before], table.shape)]
  })
  return rows
}
