/**
 * Writes the rank, from 0, of each target among all candidates. `mean` counts the candidates with a higher score and half
 * of the others with an equal score, `pessimistic` all of the latter. Infinity for targets that are not candidates
 * (score −∞ or NaN).
 */
export function targetRanks(
  scores: Float32Array,
  targets: Int32Array,
  mean: Float64Array,
  pessimistic: Float64Array,
): void {
  const thresholds = Float32Array.from(targets, (item) => scores[item]!)
    .filter((score) => score > Number.NEGATIVE_INFINITY)
    .sort()
  const { higher, equal } = countAgainst(scores, thresholds)
  for (let n = 0; n < targets.length; n++) {
    const score = scores[targets[n]!]!
    const at = thresholds.indexOf(score)
    mean[n] = at < 0 ? Number.POSITIVE_INFINITY : higher[at]! + equal[at]! / 2
    pessimistic[n] = at < 0 ? Number.POSITIVE_INFINITY : higher[at]! + equal[at]!
  }
}

/** Counts, for the first of each run of equal ascending thresholds, the higher scores and the other equal scores. */
function countAgainst(scores: Float32Array, thresholds: Float32Array) {
  const size = thresholds.length
  const higher = new Int32Array(size + 1)
  const equal = new Int32Array(size).fill(-1)
  const lowest = size ? thresholds[0]! : Number.POSITIVE_INFINITY
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!
    if (!(score >= lowest)) continue
    const below = countBelow(thresholds, score)
    if (thresholds[below] === score) equal[below]!++
    if (below > 0) higher[below - 1]!++
  }
  for (let at = size - 1; at >= 0; at--) higher[at]! += higher[at + 1]!
  return { higher, equal }
}

/** The number of ascending thresholds below the score. */
function countBelow(thresholds: Float32Array, score: number): number {
  let low = 0
  let high = thresholds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (thresholds[middle]! < score) low = middle + 1
    else high = middle
  }
  return low
}
