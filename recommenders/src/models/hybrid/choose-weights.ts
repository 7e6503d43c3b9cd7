import type { WeightQueries } from './weight-queries.js'

const GRID = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4]
const MAX_PASSES = 5
const CUTOFF = 10

/**
 * Finds one weight per member by coordinate ascent on NDCG@10: starting from equal weights, each weight in turn is set to
 * the best value of a grid, until a pass changes nothing.
 */
export function chooseWeights(queries: WeightQueries): { weights: number[]; ndcg: number } {
  const weights = Array<number>(queries.members).fill(1)
  let best = ndcgOf(queries, weights)
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = best
    for (let member = 0; member < weights.length; member++)
      for (const weight of GRID) {
        const other = weights.with(member, weight)
        const ndcg = ndcgOf(queries, other)
        if (ndcg <= best) continue
        best = ndcg
        weights[member] = weight
      }
    if (best === before) break
  }
  return { weights, ndcg: best }
}

/** Mean NDCG@10 over the queries; ties have their mean rank. */
export function ndcgOf({ members, offsets, terms }: WeightQueries, weights: readonly number[]): number {
  const scoreOf = (row: number) => {
    let score = 0
    for (let member = 0; member < members; member++)
      score += weights[member]! * terms[row * members + member]!
    return score
  }
  let gain = 0
  for (let query = 0; query + 1 < offsets.length; query++) {
    const target = offsets[query]!
    const own = scoreOf(target)
    let rank = 0
    for (let row = target + 1; row < offsets[query + 1]!; row++) {
      const score = scoreOf(row)
      rank += score > own ? 1 : score === own ? 0.5 : 0
    }
    if (rank < CUTOFF) gain += 1 / Math.log2(rank + 2)
  }
  return gain / Math.max(1, offsets.length - 1)
}
