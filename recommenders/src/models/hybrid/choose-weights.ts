import type { WeightQuestions } from './weight-questions.js'

const GRID = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4]
const MOST_PASSES = 5
const PLACES = 10

/**
 * The weights, one a member, with the best NDCG@10: from equal ones, one after the other is set to what is best on a
 * grid, until a pass changes nothing.
 */
export function chooseWeights(questions: WeightQuestions): { weights: number[]; ndcg: number } {
  const weights = Array<number>(questions.members).fill(1)
  let best = ndcgOf(questions, weights)
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const before = best
    for (let member = 0; member < weights.length; member++)
      for (const weight of GRID) {
        const other = weights.with(member, weight)
        const ndcg = ndcgOf(questions, other)
        if (ndcg <= best) continue
        best = ndcg
        weights[member] = weight
      }
    if (best === before) break
  }
  return { weights, ndcg: best }
}

/** The mean over the questions; ties by their mean rank. */
export function ndcgOf({ members, offsets, terms }: WeightQuestions, weights: readonly number[]): number {
  const scoreOf = (row: number) => {
    let score = 0
    for (let member = 0; member < members; member++)
      score += weights[member]! * terms[row * members + member]!
    return score
  }
  let gain = 0
  for (let question = 0; question + 1 < offsets.length; question++) {
    const answer = offsets[question]!
    const own = scoreOf(answer)
    let rank = 0
    for (let row = answer + 1; row < offsets[question + 1]!; row++) {
      const score = scoreOf(row)
      rank += score > own ? 1 : score === own ? 0.5 : 0
    }
    if (rank < PLACES) gain += 1 / Math.log2(rank + 2)
  }
  return gain / Math.max(1, offsets.length - 1)
}
