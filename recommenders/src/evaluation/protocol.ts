import { missing } from '@cairn/platform/errors'
import type { SplitId } from './splits/split.js'

/**
 * How a metric is measured. Metrics, runs and gates carry the id; only metrics with equal ids may be compared.
 * Any change of a protocol requires a new version in its id.
 */
export interface Protocol {
  readonly id: string
  readonly standing: Standing
  readonly split: SplitId
  readonly candidates: Candidates
  readonly targets: TargetRule
  /** Excludes the items of the user's history from the candidates. */
  readonly seenFiltered: true
  /** A target's rank is the number of better candidates plus half of the equal ones. */
  readonly ties: 'mean-rank'
  /** Source rows decide if the source is in time order, otherwise a hash; see `TieOrder`. */
  readonly equalTimes: 'source row or hash(user, item)'
  /** The denominator of precision: the length of the list or, which inflates it, the number of targets. */
  readonly precision: 'hits / k' | 'hits / targets'
}

/**
 * `honest` metrics reflect what users see. `sampled` metrics are several times larger and comparable only with papers that
 * sampled negatives. Under `ratings` only RMSE and MAE are meaningful, because users do not need a ranking of items that
 * they chose themselves. `inflated` metrics demonstrate how protocols produce large numbers; they are not results.
 */
export type Standing = 'honest' | 'sampled' | 'ratings' | 'inflated'

/**
 * The items that the targets are ranked among: the whole catalogue or the items with a training event, both without
 * the user's history; the targets and a few negatives; or only the user's own held-out items.
 */
export type Candidates = 'all-items' | 'train-items' | Negatives | 'own-test-items'

export interface Negatives {
  readonly negatives: number
  /** Uniformly or in proportion to training events; both without replacement. */
  readonly drawn: 'uniformly' | 'by popularity'
  readonly seed: number
}

/** The held-out items that count as relevant; users without relevant items are not evaluated. */
export type TargetRule = 'all' | 'last' | { readonly ratedAtLeast: number } | { readonly bestRated: number }

const COMMON = {
  standing: 'honest',
  seenFiltered: true,
  ties: 'mean-rank',
  equalTimes: 'source row or hash(user, item)',
  precision: 'hits / k',
} as const

const LEAVE_ONE_OUT = { ...COMMON, split: 'loo.v1', candidates: 'all-items', targets: 'last' } as const
const UNIFORM = { negatives: 100, drawn: 'uniformly', seed: 1 } as const

/** The fewer ratings are held out, the larger the metrics: any order of ten items has all ten in its top ten. */
const OWN_RATINGS = {
  ...COMMON,
  standing: 'inflated',
  candidates: 'own-test-items',
  targets: { bestRated: 10 },
  precision: 'hits / targets',
} as const

/** The fewer negatives, the larger the metrics; `inflated.a.uni20.v1` and similar ids show by how much. */
function hitsOfFew(negatives: number): Protocol {
  return {
    ...LEAVE_ONE_OUT,
    id: `inflated.a.uni${negatives}.v1`,
    standing: 'inflated',
    candidates: { ...UNIFORM, negatives },
    precision: 'hits / targets',
  }
}

export const PROTOCOLS: readonly Protocol[] = [
  {
    ...COMMON,
    id: 'gts.q90.full.seenfiltered.v1',
    split: 'gts.q90.v1',
    candidates: 'train-items',
    targets: 'all',
  },
  {
    ...COMMON,
    id: 'gts.q90.last.full.seenfiltered.v1',
    split: 'gts.q90.v1',
    candidates: 'train-items',
    targets: 'last',
  },
  { ...LEAVE_ONE_OUT, id: 'loo.full.seenfiltered.v1' },
  { ...COMMON, id: 'strong.full.v1', split: 'strong.v1', candidates: 'all-items', targets: 'all' },
  { ...LEAVE_ONE_OUT, id: 'loo.uni100.v1', standing: 'sampled', candidates: UNIFORM },
  {
    ...LEAVE_ONE_OUT,
    id: 'loo.pop100.v1',
    standing: 'sampled',
    candidates: { negatives: 100, drawn: 'by popularity', seed: 1 },
  },
  {
    ...COMMON,
    id: 'rated-only.v1',
    standing: 'ratings',
    split: 'random.v1',
    candidates: 'own-test-items',
    targets: { ratedAtLeast: 4 },
  },
  hitsOfFew(100),
  { ...OWN_RATINGS, id: 'inflated.c.rated.v1', split: 'random.v1' },
  { ...OWN_RATINGS, id: 'inflated.c.tenth.v1', split: 'random.tenth.v1' },
]

export const protocolIds = PROTOCOLS.map(({ id }) => id)

/** Throws RESOURCE_DOES_NOT_EXIST. */
export function getProtocol(id: string): Protocol {
  const [, negatives] = /^inflated\.a\.uni([1-9]\d{0,4})\.v1$/.exec(id) ?? []
  if (negatives) return hitsOfFew(Number(negatives))
  const found = PROTOCOLS.find((protocol) => protocol.id === id)
  if (!found) throw missing(`Unknown evaluation protocol '${id}'; supported: ${protocolIds.join(', ')}`)
  return found
}
