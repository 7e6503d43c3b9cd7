const MAX_ENUMERATED = 16

/**
 * Two-sided p-value of paired differences under random signs, which needs no assumption about their distribution: exact for
 * up to 16 differences and for equal sizes, where it is McNemar's exact test; otherwise by the normal approximation.
 */
export function signFlipP(differences: readonly number[]): number {
  const changed = differences.filter((difference) => difference !== 0)
  const sum = Math.abs(changed.reduce((total, difference) => total + difference, 0))
  if (changed.length === 0) return 1
  const sizes = changed.map(Math.abs)
  if (sizes.every((size) => size === sizes[0])) return binomialP(sum / sizes[0]!, changed.length)
  return changed.length <= MAX_ENUMERATED ? enumeratedP(sizes, sum) : normalP(sizes, sum)
}

/** Probability that `count` fair signs sum to at least `sum`, or at most minus that. */
function binomialP(sum: number, count: number): number {
  let logWays = 0 // log of `count` over `k`
  let probability = 0
  for (let k = 0; k <= count; k++) {
    if (Math.abs(2 * k - count) >= sum - 1e-9) probability += Math.exp(logWays - count * Math.LN2)
    logWays += Math.log(count - k) - Math.log(k + 1)
  }
  return Math.min(1, probability)
}

function enumeratedP(sizes: readonly number[], sum: number): number {
  const tolerance = 1e-9 * sum
  let extreme = 0
  for (let signs = 0; signs < 2 ** sizes.length; signs++) {
    const total = sizes.reduce((part, size, i) => part + (signs & (1 << i) ? size : -size), 0)
    if (Math.abs(total) >= sum - tolerance) extreme++
  }
  return extreme / 2 ** sizes.length
}

function normalP(sizes: readonly number[], sum: number): number {
  const deviation = Math.sqrt(sizes.reduce((total, size) => total + size * size, 0))
  return erfc(sum / deviation / Math.SQRT2)
}

/** Numerical Recipes' rational approximation, exact to 1.2e-7. */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2)
  const terms = [
    ...[-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806],
    ...[0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277],
  ]
  return t * Math.exp(-x * x + terms.reduceRight((sum, term) => sum * t + term, 0))
}

/** Holm's adjustment for several tests, in the order of the p-values. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!)
  const adjusted = new Array<number>(pValues.length)
  let least = 0
  for (const [rank, index] of order.entries()) {
    least = Math.max(least, Math.min(1, pValues[index]! * (pValues.length - rank)))
    adjusted[index] = least
  }
  return adjusted
}
