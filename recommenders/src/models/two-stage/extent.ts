import type { Interactions } from '../../data/interactions.js'
import type { TwoStageParameters } from './parameters.js'

type Asked = Pick<TwoStageParameters, 'positions' | 'num_boost_round'>

/**
 * What is learned from, and how long, where the parameters leave it open. Chosen on the validation fold of ML-1M, where
 * three positions of 6,040 users gain 2 % over one and 200 trees are enough; 3,000 questions overfit after some 50.
 */
const QUESTIONS_WANTED = 18_000
const MOST_POSITIONS = 5
const QUESTIONS_A_TREE = 60
const [FEWEST_TREES, MOST_TREES] = [30, 200]

/** How many of each user's last events are held out. */
export const positionsOf = ({ users }: Interactions, { positions }: Asked): number =>
  positions || Math.min(MOST_POSITIONS, Math.max(1, Math.round(QUESTIONS_WANTED / users.size)))

export const treesOf = (questions: number, { num_boost_round: rounds }: Asked): number =>
  rounds || Math.min(MOST_TREES, Math.max(FEWEST_TREES, Math.round(questions / QUESTIONS_A_TREE)))
