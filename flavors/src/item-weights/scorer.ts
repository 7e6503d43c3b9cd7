import { addRow, entry } from '../arrow/sparse-rows.js'
import type { Histories } from '../recommender/user-histories.js'
import { contributionsOf, type WeightsScorer } from './contributions.js'
import { DualScorer } from './dual-scorer.js'
import type { DenseWeights, ItemWeights, SparseWeights } from './model.js'

/** `histories` are those of the model's users; only the dual form uses them. */
export function weightsScorer(weights: ItemWeights, items: number, histories?: Histories): WeightsScorer {
  if (weights.form === 'dual') return new DualScorer(weights, items, histories!)
  return weights.form === 'dense' ? denseScorer(weights, items) : sparseScorer(weights, items)
}

const denseScorer = ({ values }: DenseWeights, items: number): WeightsScorer =>
  sumScorer(
    items,
    (row, into) => {
      const from = row * items
      for (let item = 0; item < items; item++) into[item]! += values[from + item]!
    },
    (row, item) => values[row * items + item]!,
  )

const sparseScorer = ({ rows }: SparseWeights, items: number): WeightsScorer =>
  sumScorer(
    items,
    (row, into) => addRow(rows, row, 1, into),
    (row, item) => entry(rows, row, item),
  )

function sumScorer(
  items: number,
  add: (row: number, into: Float32Array) => void,
  weight: (row: number, item: number) => number,
): WeightsScorer {
  return {
    items,
    score(histories, into) {
      into.fill(0, 0, histories.length * items)
      for (const [n, history] of histories.entries()) {
        const scores = into.subarray(n * items, (n + 1) * items)
        for (const row of new Set(history)) add(row, scores)
      }
    },
    contributions: (history) => contributionsOf(history, (item) => (row) => weight(row, item)),
  }
}
