import { randomStream } from '@cairn/platform/statistics/random'
import { divergenceNoise } from './divergence-noise.js'

/** The number of recommendations of each item. */
export type ItemCounts = ReadonlyMap<string, number>

/** How recommendations are distributed over items. */
export interface ItemSpread {
  /** Share of recommendations that are among the most popular items of the training data. */
  readonly popularShare: number
  /** Share of the catalogue that was recommended at least once. */
  readonly coverage: number
  /** 0: all items of the catalogue equally often; 1: always the same item. */
  readonly gini: number
}

interface Catalogue {
  /** The most popular items of the training data. */
  readonly popular: ReadonlySet<string>
  /** Number of items that the model knows. */
  readonly size: number
}

export interface ItemDrift {
  readonly baseline: ItemSpread
  readonly now: ItemSpread
  /** Jensen–Shannon divergence in bits, 0 to 1. */
  readonly divergence: number
  /** The divergence that samples of these sizes exceed in 5 % of cases without any shift. */
  readonly divergenceNoise: number
}

const SEED = 1

/**
 * Compares how recommendations are distributed. Coverage, Gini coefficient and divergence depend on the number of
 * recommendations, so the larger sample is reduced at random to the size of the smaller one.
 */
export function itemDrift(baseline: ItemCounts, now: ItemCounts, catalogue: Catalogue): ItemDrift {
  const size = Math.min(totalOf(baseline), totalOf(now))
  const [before, after] = [subsample(baseline, size), subsample(now, size)]
  return {
    baseline: { ...spreadOf(before, catalogue), popularShare: popularShare(baseline, catalogue.popular) },
    now: { ...spreadOf(after, catalogue), popularShare: popularShare(now, catalogue.popular) },
    divergence: jensenShannon(before, after),
    divergenceNoise: divergenceNoise(before, after),
  }
}

export const totalOf = (counts: ItemCounts) => [...counts.values()].reduce((sum, count) => sum + count, 0)

function spreadOf(counts: ItemCounts, { size }: Catalogue) {
  const catalogue = Math.max(size, counts.size)
  return { coverage: counts.size / catalogue, gini: gini([...counts.values()], catalogue) }
}

function popularShare(counts: ItemCounts, popular: ReadonlySet<string>): number {
  let among = 0
  for (const [item, count] of counts) if (popular.has(item)) among += count
  return among / totalOf(counts)
}

/**
 * The Gini coefficient Σ (2j − n − 1) x_j / (n Σ x) of the ascending counts x_j of all n items of the catalogue (G. Shani and
 * A. Gunawardana, Evaluating recommendation systems, Recommender Systems Handbook, 2011, §8.3.3).
 *
 * @param counts of the items that were recommended
 */
export function gini(counts: readonly number[], catalogue: number): number {
  const ascending = counts.toSorted((a, b) => a - b)
  const first = catalogue - ascending.length
  const total = ascending.reduce((sum, count) => sum + count, 0)
  const weighted = ascending.reduce(
    (sum, count, at) => sum + (2 * (first + at + 1) - catalogue - 1) * count,
    0,
  )
  return weighted / (catalogue * total)
}

/** J. Lin, Divergence measures based on the Shannon entropy, IEEE Trans. Inf. Theory 37(1), 1991. In bits. */
export function jensenShannon(a: ItemCounts, b: ItemCounts): number {
  const [totalA, totalB] = [totalOf(a), totalOf(b)]
  let sum = 0
  for (const item of new Set([...a.keys(), ...b.keys()])) {
    const [p, q] = [(a.get(item) ?? 0) / totalA, (b.get(item) ?? 0) / totalB]
    sum += term(p, (p + q) / 2) + term(q, (p + q) / 2)
  }
  return Math.min(1, Math.max(0, sum / 2))
}

const term = (share: number, mean: number) => (share === 0 ? 0 : share * Math.log2(share / mean))

/** Draws `size` recommendations without replacement, always the same ones for the same counts. */
function subsample(counts: ItemCounts, size: number): ItemCounts {
  let left = totalOf(counts)
  if (left <= size) return counts
  const random = randomStream(SEED)
  const drawn = new Map<string, number>()
  let wanted = size
  // Selection sampling (D. E. Knuth, The Art of Computer Programming 2, §3.4.2, algorithm S).
  for (const [item, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (let n = 0; n < count; n++, left--) {
      if (random() * left >= wanted) continue
      drawn.set(item, (drawn.get(item) ?? 0) + 1)
      wanted--
    }
  return drawn
}
