import { Ordering } from '../two-stage/ordering.js'

/**
 * Methods of adding the scores of models with different scales. `z-score`: the distance to the model's mean score in
 * standard deviations. `reciprocal-rank`: 1 / (60 + rank), the rank fusion of Cormack et al. 2009.
 */
export const FUSION_METHODS = ['z-score', 'reciprocal-rank'] as const
export type FusionMethod = (typeof FUSION_METHODS)[number]

/** Replaces one model's scores in place by its terms of the sum. `hidden` items are left unchanged and ignored. */
export type Terms = (scores: Float32Array, hidden: Uint8Array) => void

const { NEGATIVE_INFINITY: UNSCORED } = Number
/** The constant of Cormack et al.; a larger one flattens the weight of the top ranks. */
const RANK_OFFSET = 60

export const termsOf = (method: FusionMethod, items: number): Terms =>
  method === 'z-score' ? zScores : reciprocalRanks(items)

/** Unscored items get the lowest score of the model. All terms are 0 if all scores are equal. */
function zScores(scores: Float32Array, hidden: Uint8Array): void {
  let count = 0
  let sum = 0
  let lowest = Number.POSITIVE_INFINITY
  const each = (take: (score: number) => void) => {
    for (let row = 0; row < scores.length; row++)
      if (hidden[row] === 0 && scores[row]! > UNSCORED) take(scores[row]!)
  }
  each((score) => {
    count++
    sum += score
    lowest = Math.min(lowest, score)
  })
  const mean = sum / count
  let squares = 0
  each((score) => {
    squares += (score - mean) ** 2
  })
  const deviation = Math.sqrt(squares / count)
  const varies = lowest < mean && deviation > 0
  for (let row = 0; row < scores.length; row++)
    if (hidden[row] === 0)
      scores[row] = varies ? ((scores[row]! > UNSCORED ? scores[row]! : lowest) - mean) / deviation : 0
}

/** Equal scores share the best of their ranks; unscored items add 0. */
function reciprocalRanks(items: number): Terms {
  const ordering = new Ordering(Int32Array.from({ length: items }, (_, row) => row))
  const ranks = new Int32Array(items)
  return (scores, hidden) => {
    const order = ordering.order(scores, hidden)
    ranks.fill(0)
    for (let position = 0; position < order.length; position++) {
      const [row, previous] = [order[position]!, order[position - 1]!]
      ranks[row] = position > 0 && scores[row] === scores[previous] ? ranks[previous]! : position + 1
    }
    for (let row = 0; row < items; row++)
      if (hidden[row] === 0) scores[row] = ranks[row]! > 0 ? 1 / (RANK_OFFSET + ranks[row]!) : 0
  }
}
