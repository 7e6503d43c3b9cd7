import type { VersionDrift } from '../api/drift.js'

type Scores = NonNullable<VersionDrift['scores']>
type Items = NonNullable<VersionDrift['items']>

export type Verdict = 'stable' | 'moderate' | 'large'

/** Customary limits of the population stability index. */
export const MODERATE = 0.1
export const LARGE = 0.25

/** A drift index within the sampling noise of this many rows does not count as a shift. */
export function verdictOf({ psi, psi_noise }: Pick<Scores, 'psi' | 'psi_noise'>): Verdict {
  if (psi < MODERATE || psi <= psi_noise) return 'stable'
  return psi < LARGE ? 'moderate' : 'large'
}

/** Returns whether the distance is larger than chance explains. */
export const differs = ({ ks, ks_noise }: Pick<Scores, 'ks' | 'ks_noise'>) => ks > ks_noise

/** A divergence above the noise by so much has about a fifth of the recommendations on other items. */
const LARGE_DIVERGENCE = 0.1

/** Returns whether the frequencies of items have changed beyond chance. */
export function verdictOfItems({
  divergence,
  divergence_noise,
}: Pick<Items, 'divergence' | 'divergence_noise'>): Verdict {
  if (divergence <= divergence_noise) return 'stable'
  return divergence - divergence_noise < LARGE_DIVERGENCE ? 'moderate' : 'large'
}

export const VERDICT_CLASS: Readonly<Record<Verdict, string>> = {
  stable: 'chip ok',
  moderate: 'chip warn',
  large: 'chip bad',
}
