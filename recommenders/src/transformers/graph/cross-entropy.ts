import type { Flow, Graph, Value } from './graph.js'
import * as n from './nodes.js'

/** The output layer: logits of rows [n, width] are products with a table [classes, width] plus a bias per class. */
export interface TiedClasses {
  readonly table: Value
  readonly bias?: Value
}

export interface WeightedLabels {
  /** The class of each row. */
  readonly labels: Value
  /** The weight of each row's loss. */
  readonly weights: Value
}

/** Keeps the logarithm of probability 0 finite; NaN stays NaN. */
const EPSILON = 1e-30

/**
 * Σ weightₙ · −log softmax(table·xₙ + bias)[labelₙ] over all classes. d logits = w (p − onehot) is never materialized: its
 * one-hot term is n rows of the table, so only the products and the softmax pass over n × classes.
 */
export function tiedCrossEntropy(
  g: Graph,
  x: Value,
  { table, bias }: TiedClasses,
  target: WeightedLabels,
): Value {
  const { labels, weights } = target
  const rows = x.shape[0]!
  const p = n.softmax(g, n.gemm(g, x, table, { transposeB: true, bias }))
  const right = n.log(g, n.add(g, n.pick(g, p, labels), g.scalar(EPSILON)))
  const loss = n.negate(g, n.sum(g, n.multiply(g, weights, right), [0]))
  g.record([x, table, bias, table, bias], [loss], ([d]) => {
    const flat = n.multiply(g, weights, d!)
    const w = n.reshape(g, flat, [rows, 1])
    const weighted = n.multiply(g, x, w)
    const minus = (value: Value): Flow => ({ ids: labels, rows: n.negate(g, value) })
    return [
      n.multiply(g, n.subtract(g, n.gemm(g, p, table), n.gather(g, table, labels)), w),
      n.gemm(g, p, weighted, { transposeA: true }),
      bias && n.reshape(g, n.matMul(g, n.reshape(g, flat, [1, rows]), p), bias.shape),
      minus(weighted),
      bias && minus(flat),
    ]
  })
  return loss
}
