import { FirstStage } from '@cairn/flavors/two-stage/first-stage'
import type { Plan } from '@cairn/flavors/two-stage/plan'
import { TwoStageScorer } from '@cairn/flavors/two-stage/scorer'
import type { Traits } from '@cairn/flavors/two-stage/traits'
import { countByItem } from '../../data/interactions.js'
import { type Scorer, scorerOf } from '../../scoring/scorer.js'
import type { FittedMember } from '../member.js'
import type { FitData, FitOptions } from '../recipe.js'
import { positionsOf, treesOf } from './extent.js'
import { type FittedPair, fitFamilies, membersOf } from './families.js'
import { holdOut } from './hold-out.js'
import { itemTraits } from './item-traits.js'
import type { TwoStageParameters } from './parameters.js'
import { planOf } from './plan.js'
import { rankingTrees } from './second-stage.js'
import { Steps } from './steps.js'
import { type TrainingRows, trainingRows } from './training-rows.js'

export interface TwoStageOptions extends FitOptions {
  /** Beside those of the parameters, fitted on what `holdOut` leaves of the training part at `positionsOf` it. */
  readonly fitted?: readonly FittedPair[]
}

/** A fitted two-stage ranker, with what it takes to fit its second stage again on fewer members. */
export interface TwoStage extends Scorer {
  readonly scorer: TwoStageScorer
  readonly parameters: TwoStageParameters
  readonly members: readonly FittedMember[]
  readonly traits: Traits
  readonly plan: Plan
  readonly popularity: Int32Array
  readonly rows: TrainingRows
}

/**
 * Candidates by several models, ranked by boosted trees over what these say of them. Nothing leaks from one stage to the
 * other: the trees learn from the answers to questions about each user's last events, and what they learn from is said
 * by models that were fitted without these events. Then the models are fitted again on everything.
 */
export async function fitTwoStage(
  data: FitData,
  parameters: TwoStageParameters,
  options: TwoStageOptions = {},
): Promise<TwoStage> {
  const { signal } = options
  const heldOut = holdOut(data.train, positionsOf(data.train, parameters))
  const chosen = { ...parameters, num_boost_round: treesOf(heldOut.users.length, parameters) }
  const steps = new Steps(2 * parameters.members.length + 1 + chosen.num_boost_round, options.onStep)
  const rest = { ...data, train: heldOut.rest }
  const first = await fitFamilies(rest, parameters, { ...options, steps })
  const learning = compose(rest, membersOf(first, options.fitted, 'heldOut'), parameters.depth)
  const rows = await trainingRows(learning.stage, heldOut, {
    ...parameters,
    signal,
    onQuestions: (done, total) => steps.within(`${done} of ${total} held-out events are asked for`),
  })
  await steps.next(`${rows.groups.length} of ${heldOut.users.length} held-out events are candidates`)
  const booster = await rankingTrees(rows, learning.stage.features, chosen, {
    ...options,
    onTree: ({ done, metrics }) => steps.next(`tree ${done}`, metrics),
  })
  const again = await fitFamilies(data, parameters, { ...options, steps, reused: first })
  const { stage, ...whole } = compose(data, membersOf(again, options.fitted, 'whole'), parameters.depth)
  const scorer = new TwoStageScorer(stage, booster)
  return { ...scorerOf(scorer), ...whole, scorer, parameters: chosen, rows }
}

/** Members with what else the first stage knows of their training part. */
function compose({ train, facts }: FitData, members: readonly FittedMember[], depth: number) {
  const traits = itemTraits(train, facts)
  const plan = planOf(
    members.map(({ name }) => name),
    traits,
  )
  const popularity = countByItem(train)
  const stage = new FirstStage({ members, plan, traits, popularity, depth })
  return { members, traits, plan, popularity, stage }
}
