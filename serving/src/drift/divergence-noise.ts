import type { ItemCounts } from './item-drift.js'
import { Z_95 } from './normal-quantile.js'

/** For larger counts, twice the term of an item is χ² with one degree of freedom, within a percent. */
const EXACT_COUNT = 256
const CHI_SQUARE = { mean: 0.5 / Math.LN2, variance: 0.5 / Math.LN2 ** 2 }

/** The mean and the variance of the term of an item in the divergence, times the number of recommendations. */
interface Term {
  readonly mean: number
  readonly variance: number
}

/**
 * The Jensen–Shannon divergence that two samples of the same distribution exceed in 5 % of cases, in bits. If nothing has
 * shifted, each recommendation of an item is in either sample with equal probability. The sum over the items is about normal,
 * even if most items have few recommendations, unlike χ².
 *
 * @param a of as many recommendations as `b`
 */
export function divergenceNoise(a: ItemCounts, b: ItemCounts): number {
  const terms = new Map<number, Term>()
  let size = 0
  // The sizes of the samples are given, which takes one degree of freedom.
  let [mean, variance] = [-CHI_SQUARE.mean, -CHI_SQUARE.variance]
  for (const item of new Set([...a.keys(), ...b.keys()])) {
    const count = (a.get(item) ?? 0) + (b.get(item) ?? 0)
    const term = terms.get(count) ?? termOf(count)
    terms.set(count, term)
    size += count
    mean += term.mean
    variance += term.variance
  }
  const quantile = Math.max(0, mean) + Z_95 * Math.sqrt(Math.max(0, variance))
  return size === 0 ? 0 : Math.min(1, quantile / size)
}

/** @param count of an item in both samples */
function termOf(count: number): Term {
  if (count > EXACT_COUNT) return CHI_SQUARE
  let [mean, square, probability] = [0, 0, 2 ** -count]
  for (let n = 0; n <= count; n++) {
    const bits = inBits(n, count) + inBits(count - n, count)
    mean += probability * bits
    square += probability * bits ** 2
    probability *= (count - n) / (n + 1)
  }
  return { mean, variance: square - mean ** 2 }
}

const inBits = (n: number, count: number) => (n === 0 ? 0 : n * Math.log2((2 * n) / count))
