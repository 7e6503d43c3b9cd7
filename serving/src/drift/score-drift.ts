import { Z_95 } from './normal-quantile.js'

/** A bin of scores: above `above`, up to and including `upTo`. Open at the ends. */
export interface ScoreBin {
  readonly above?: number
  readonly upTo?: number
  /** Shares of all scores. */
  readonly baseline: number
  readonly now: number
}

export interface ScoreDrift {
  /** Population stability index; 0 without a shift. */
  readonly psi: number
  /** The PSI that samples of these sizes exceed in 5 % of cases without any shift. */
  readonly psiNoise: number
  /** Kolmogorov–Smirnov distance, 0 to 1. */
  readonly ks: number
  /** The distance that samples of these sizes exceed in 5 % of cases without any shift. */
  readonly ksNoise: number
  readonly bins: readonly ScoreBin[]
}

const BINS = 10

/**
 * Compares the distribution of scores with that of a baseline.
 *
 * @param baseline scores in ascending order, at least one
 * @param now scores in ascending order, at least one
 */
export function scoreDrift(baseline: readonly number[], now: readonly number[]): ScoreDrift {
  const edges = quantileEdges(baseline)
  const counts = [countsOf(baseline, edges), countsOf(now, edges)] as const
  const sizes = [baseline.length, now.length] as const
  return {
    psi: stabilityIndex(...counts),
    psiNoise: indexNoise(edges.length + 1, ...sizes),
    ks: smirnovDistance(baseline, now),
    ksNoise: distanceNoise(...sizes),
    bins: counts[0].map((count, bin) => ({
      ...(bin > 0 && { above: edges[bin - 1]! }),
      ...(bin < edges.length && { upTo: edges[bin]! }),
      baseline: count / sizes[0],
      now: counts[1][bin]! / sizes[1],
    })),
  }
}

/** The deciles of a sorted sample; fewer where values repeat. */
export function quantileEdges(sorted: readonly number[]): number[] {
  const edges = Array.from({ length: BINS - 1 }, (_, n) => {
    const place = Math.ceil(((n + 1) * sorted.length) / BINS) - 1
    return sorted[Math.max(0, place)]!
  })
  return [...new Set(edges)].filter((edge) => edge < sorted.at(-1)!)
}

function countsOf(sorted: readonly number[], edges: readonly number[]): number[] {
  const ends = [...edges.map((edge) => upperBound(sorted, edge)), sorted.length]
  return ends.map((end, bin) => end - (ends[bin - 1] ?? 0))
}

/** The number of values up to and including `value`. */
function upperBound(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The population stability index Σ (q − p) ln(q / p) of two histograms: Jeffreys' divergence, as credit scoring uses it
 * (N. Siddiqi, Credit Risk Scorecards, Wiley 2006, ch. 8). Half a count is added to each bin, so that empty bins stay finite.
 */
export function stabilityIndex(baseline: readonly number[], now: readonly number[]): number {
  const [p, q] = [smoothed(baseline), smoothed(now)]
  return p.reduce((sum, share, bin) => sum + (q[bin]! - share) * Math.log(q[bin]! / share), 0)
}

function smoothed(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0) + counts.length / 2
  return counts.map((count) => (count + 0.5) / total)
}

/**
 * The 95 % quantile of the index without a shift: it is about χ² with `bins − 1` degrees of freedom, times (1/n + 1/m)
 * (B. Yurdakul and J. Naranjo, Statistical properties of the population stability index, J. Risk Model Validation 14(4), 2020).
 */
export function indexNoise(bins: number, n: number, m: number): number {
  return bins < 2 ? 0 : chiSquareQuantile95(bins - 1) * (1 / n + 1 / m)
}

/** E. B. Wilson and M. M. Hilferty, The distribution of chi-square, PNAS 17(12), 1931: within 1 % for all degrees. */
function chiSquareQuantile95(degrees: number): number {
  const variance = 2 / (9 * degrees)
  return degrees * (1 - variance + Z_95 * Math.sqrt(variance)) ** 3
}

/**
 * The largest difference of two empirical distribution functions (N. Smirnov, Table for estimating the goodness of fit of
 * empirical distributions, Ann. Math. Stat. 19(2), 1948).
 */
export function smirnovDistance(a: readonly number[], b: readonly number[]): number {
  let [i, j, largest] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!)
    while (i < a.length && a[i] === value) i++
    while (j < b.length && b[j] === value) j++
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length))
  }
  return largest
}

/** Smirnov's limit: √(−ln(α / 2) / 2 · (n + m) / nm) for α = 5 %. */
export const distanceNoise = (n: number, m: number) => Math.sqrt((-Math.log(0.025) / 2) * (1 / n + 1 / m))
