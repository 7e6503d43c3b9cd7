import type { Interactions } from '../../data/interactions.js'
import type { TwoStageParameters } from './parameters.js'

type SizeParameters = Pick<TwoStageParameters, 'positions' | 'num_boost_round'>

/**
 * Sizes of the training for parameters that are 0. Tuned on the validation fold of ML-1M, where three positions of 6,040
 * users gain 2 % over one and 200 trees are enough; 3,000 queries overfit after about 50 trees.
 */
const TARGET_QUERIES = 18_000
const MAX_POSITIONS = 5
const QUERIES_PER_TREE = 60
const [MIN_TREES, MAX_TREES] = [30, 200]

/** The number of last events of each user to hold out. */
export const heldOutPositions = ({ users }: Interactions, { positions }: SizeParameters): number =>
  positions || Math.min(MAX_POSITIONS, Math.max(1, Math.round(TARGET_QUERIES / users.size)))

export const treeCount = (queries: number, { num_boost_round: rounds }: SizeParameters): number =>
  rounds || Math.min(MAX_TREES, Math.max(MIN_TREES, Math.round(queries / QUERIES_PER_TREE)))
