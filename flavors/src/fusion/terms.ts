import { Ordering } from '../two-stage/ordering.js'

/**
 * How the scores of models that are on no common scale are added up. `z-score`: their distance to the model's mean, in
 * its standard deviations. `reciprocal-rank`: 1 / (60 + rank), as Cormack et al. 2009 fuse rankings.
 */
export const FUSION_METHODS = ['z-score', 'reciprocal-rank'] as const
export type FusionMethod = (typeof FUSION_METHODS)[number]

/** What one model adds for each item, in place of its scores. `hidden` items are left as they are and count for nothing. */
export type Terms = (scores: Float32Array, hidden: Uint8Array) => void

const { NEGATIVE_INFINITY: NOTHING } = Number
/** Of Cormack et al.; more makes the first places matter less. */
const RANK_OFFSET = 60

export const termsOf = (method: FusionMethod, items: number): Terms =>
  method === 'z-score' ? zScores : reciprocalRanks(items)

/** Items that the model says nothing of are as far down as its last one; all are 0 where it tells none apart. */
function zScores(scores: Float32Array, hidden: Uint8Array): void {
  let count = 0
  let sum = 0
  let lowest = Number.POSITIVE_INFINITY
  const each = (take: (score: number) => void) => {
    for (let row = 0; row < scores.length; row++)
      if (hidden[row] === 0 && scores[row]! > NOTHING) take(scores[row]!)
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
  const tells = lowest < mean && deviation > 0
  for (let row = 0; row < scores.length; row++)
    if (hidden[row] === 0)
      scores[row] = tells ? ((scores[row]! > NOTHING ? scores[row]! : lowest) - mean) / deviation : 0
}

/** Equal scores have the rank of the first of them; items that the model says nothing of add nothing. */
function reciprocalRanks(items: number): Terms {
  const ordering = new Ordering(Int32Array.from({ length: items }, (_, row) => row))
  const ranks = new Int32Array(items)
  return (scores, hidden) => {
    const order = ordering.order(scores, hidden)
    ranks.fill(0)
    for (let place = 0; place < order.length; place++) {
      const [row, before] = [order[place]!, order[place - 1]!]
      ranks[row] = place > 0 && scores[row] === scores[before] ? ranks[before]! : place + 1
    }
    for (let row = 0; row < items; row++)
      if (hidden[row] === 0) scores[row] = ranks[row]! > 0 ? 1 / (RANK_OFFSET + ranks[row]!) : 0
  }
}
