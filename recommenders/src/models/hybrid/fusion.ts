import { fusionFiles } from '@cairn/flavors/fusion/artifact'
import { FusionScorer } from '@cairn/flavors/fusion/scorer'
import type { FusionMethod } from '@cairn/flavors/fusion/terms'
import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { invalid } from '@cairn/platform/errors'
import { type Scorer, scorerOf } from '../../scoring/scorer.js'
import { tablesOf } from '../artifact-tables.js'
import type { FittedMember } from '../member.js'
import type { Ablation, ArtifactContext, FitData } from '../recipe.js'
import { fitFamilies, membersOf } from '../two-stage/families.js'
import type { TwoStageOptions } from '../two-stage/fit.js'
import { holdOut } from '../two-stage/hold-out.js'
import { Steps } from '../two-stage/steps.js'
import { chooseWeights } from './choose-weights.js'
import type { HybridParameters } from './parameters.js'
import { keepMembers, type WeightQuestions, weightQuestions } from './weight-questions.js'

/** A fitted weighted sum, with what its weights were chosen by. */
export interface Fusion extends Scorer {
  readonly scorer: FusionScorer
  readonly parameters: HybridParameters
  readonly members: readonly FittedMember[]
  readonly questions: WeightQuestions
}

/** Fewer questions choose weights by chance. */
const LEAST_QUESTIONS = 20

/** Weights by the last event of each user, which members that answer for them have not seen; then all are fitted again. */
export async function fitFusion(
  data: FitData,
  parameters: HybridParameters,
  method: FusionMethod,
  options: TwoStageOptions = {},
): Promise<Fusion> {
  const { signal, fitted } = options
  const steps = new Steps(2 * parameters.members.length + 1, options.onStep)
  const heldOut = holdOut(data.train, 1)
  if (heldOut.users.length < LEAST_QUESTIONS)
    throw invalid(
      `Hybrid: ${heldOut.users.length} users have two events or more, and it takes ${LEAST_QUESTIONS} to choose weights by`,
    )
  const first = await fitFamilies({ ...data, train: heldOut.rest }, parameters, { ...options, steps })
  const asked = membersOf(first, fitted, 'heldOut').map(({ scorer }) => scorer)
  const questions = await weightQuestions(method, asked, heldOut, signal)
  const { weights, ndcg } = chooseWeights(questions)
  await steps.next(`weights ${weights.join(', ')}`, { validation_ndcg_at_10: ndcg })
  const again = await fitFamilies(data, parameters, { ...options, steps, reused: first })
  return { ...fuse(method, membersOf(again, fitted, 'whole'), weights), parameters, questions }
}

function fuse(method: FusionMethod, members: readonly FittedMember[], weights: readonly number[]) {
  const weighted = members.map(({ name, scorer }, n) => ({ name, scorer, weight: weights[n]! }))
  const scorer = new FusionScorer(method, weighted)
  return { ...scorerOf(scorer), scorer, members }
}

/** The sum without each kind of member, on weights that were chosen so. */
export async function* ablateFusion({ scorer, members, questions }: Fusion): AsyncGenerator<Ablation> {
  const kinds = new Set(members.map(({ kind }) => kind))
  if (kinds.size === 1) return
  for (const without of kinds) {
    const stays = members.map(({ kind }) => kind !== without)
    const { weights } = chooseWeights(keepMembers(questions, stays))
    const left = members.filter((_, member) => stays[member])
    const { score } = fuse(scorer.method, left, weights)
    yield { without, model: { score } }
  }
}

/** Members without a weight are not stored. */
export async function fusionFilesOf(
  { scorer, members, parameters }: Fusion,
  artifact: ArtifactContext,
): Promise<ModelFiles> {
  const stored = []
  for (const [n, { name, weight }] of scorer.members.entries())
    if (weight > 0) stored.push({ name, weight, files: await members[n]!.files(artifact) })
  return fusionFiles(
    { ...tablesOf(artifact, parameters), method: scorer.method, members: stored },
    artifact.metadata,
  )
}
