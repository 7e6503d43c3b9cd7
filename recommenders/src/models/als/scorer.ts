import { FactorMatrix } from '@cairn/flavors/als/factor-matrix'
import { FoldIn } from '@cairn/flavors/als/fold-in'
import type { Interactions } from '../../data/interactions.js'
import { type FactorScorer, factorScorer } from '../../scoring/factor-scorer.js'
import type { AlsModel } from './model.js'

/**
 * Users whose history is their training data have their trained vectors; other histories are folded in as in serving.
 * Users without events have the zero vector.
 */
export function alsFactorScorer(model: AlsModel, train: Interactions): FactorScorer & AlsModel {
  const { dimensions, itemFactors, userFactors } = model
  let items: { factors: FactorMatrix; gram: Float64Array } | undefined
  const foldIn = (history: Int32Array) => {
    if (!items) {
      const factors = new FactorMatrix(itemFactors, dimensions)
      items = { factors, gram: factors.gram() }
    }
    return new FoldIn(items.factors, items.gram, { ...model.params }, [...new Set(history)]).vector
  }
  const scorer = factorScorer(model, (histories, users) => {
    const vectors = new Float32Array(users.length * dimensions)
    for (const [row, user] of users.entries()) {
      const [from, to] = [histories.starts[user]!, histories.ends[user]!]
      if (isTrained(train, histories, user))
        vectors.set(userFactors.subarray(user * dimensions, (user + 1) * dimensions), row * dimensions)
      else if (from < to) vectors.set(foldIn(histories.itemOf.subarray(from, to)), row * dimensions)
    }
    return vectors
  })
  return { ...model, ...scorer }
}

/** Splits share their event arrays, so equal ranges are equal histories. */
const isTrained = (train: Interactions, histories: Interactions, user: number) =>
  train.itemOf === histories.itemOf &&
  train.starts[user] === histories.starts[user] &&
  train.ends[user] === histories.ends[user]
