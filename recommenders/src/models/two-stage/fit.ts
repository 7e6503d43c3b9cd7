import { FirstStage } from '@cairn/flavors/two-stage/first-stage'
import type { Plan } from '@cairn/flavors/two-stage/plan'
import { TwoStageScorer } from '@cairn/flavors/two-stage/scorer'
import type { Traits } from '@cairn/flavors/two-stage/traits'
import { countByItem } from '../../data/interactions.js'
import type { FitInput, FitOptions } from '../../recipe.js'
import { fromHistoryScorer } from '../../scoring/history-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import { FitProgress } from '../fit-progress.js'
import type { FittedMember } from '../member.js'
import { heldOutPositions, treeCount } from './auto-size.js'
import { holdOut } from './hold-out.js'
import { itemTraits } from './item-traits.js'
import { allMembers, fitMembersByKind, type PrefittedMembers } from './members-by-kind.js'
import type { TwoStageParameters } from './parameters.js'
import { createPlan } from './plan.js'
import { trainRankingTrees } from './second-stage.js'
import { collectTrainingRows, type TrainingRows } from './training-rows.js'

export interface TwoStageOptions extends FitOptions {
  /** Additional members, fitted on the events that `holdOut` leaves at `heldOutPositions`. */
  readonly fitted?: readonly PrefittedMembers[]
}

/** A fitted two-stage ranker, with the data for fitting its second stage again on fewer members. */
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
 * Several models propose candidates, and boosted trees rank them by the models' scores. To prevent leakage between the
 * stages, the trees are trained on each user's last events, with features from models that were fitted without these
 * events. Then the models are fitted again on all events.
 */
export async function fitTwoStage(
  data: FitInput,
  parameters: TwoStageParameters,
  options: TwoStageOptions = {},
): Promise<TwoStage> {
  const { signal } = options
  const heldOut = holdOut(data.train, heldOutPositions(data.train, parameters))
  const chosen = { ...parameters, num_boost_round: treeCount(heldOut.users.length, parameters) }
  const progress = new FitProgress(2 * parameters.members.length + 1 + chosen.num_boost_round, options.onStep)
  const rest = { ...data, train: heldOut.rest }
  const first = await fitMembersByKind(rest, parameters, { ...options, progress })
  const training = compose(rest, allMembers(first, options.fitted, 'heldOut'), parameters.depth)
  const rows = await collectTrainingRows(training.stage, heldOut, {
    ...parameters,
    signal,
    onQueries: (done, total) => progress.report(`${done} of ${total} held-out events scored`),
  })
  await progress.complete(`${rows.groups.length} of ${heldOut.users.length} held-out events are candidates`)
  const booster = await trainRankingTrees(rows, training.stage.features, chosen, {
    ...options,
    onTree: ({ done, metrics }) => progress.complete(`tree ${done}`, metrics),
  })
  const again = await fitMembersByKind(data, parameters, { ...options, progress, reused: first })
  const { stage, ...whole } = compose(data, allMembers(again, options.fitted, 'whole'), parameters.depth)
  const scorer = new TwoStageScorer(stage, booster)
  return { ...fromHistoryScorer(scorer), ...whole, scorer, parameters: chosen, rows }
}

/** Assembles the first stage: members, item traits and popularity of their training data. */
function compose({ train, facts }: FitInput, members: readonly FittedMember[], depth: number) {
  const traits = itemTraits(train, facts)
  const plan = createPlan(
    members.map(({ name }) => name),
    traits,
  )
  const popularity = countByItem(train)
  const stage = new FirstStage({ members, plan, traits, popularity, depth })
  return { members, traits, plan, popularity, stage }
}
