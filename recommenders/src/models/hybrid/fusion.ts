import { fusionFiles } from '@cairn/flavors/fusion/artifact'
import { FusionScorer } from '@cairn/flavors/fusion/scorer'
import type { FusionMethod } from '@cairn/flavors/fusion/terms'
import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { invalid } from '@cairn/platform/errors'
import type { Ablation, ArtifactContext, FitInput } from '../../recipe.js'
import { fromHistoryScorer } from '../../scoring/history-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import { artifactTables } from '../artifact-tables.js'
import { FitProgress } from '../fit-progress.js'
import type { FittedMember } from '../member.js'
import type { TwoStageOptions } from '../two-stage/fit.js'
import { holdOut } from '../two-stage/hold-out.js'
import { allMembers, fitMembersByKind } from '../two-stage/members-by-kind.js'
import { chooseWeights } from './choose-weights.js'
import type { HybridParameters } from './parameters.js'
import { collectWeightQueries, keepMembers, type WeightQueries } from './weight-queries.js'

/** A fitted weighted sum, with the queries by which its weights were chosen. */
export interface Fusion extends Scorer {
  readonly scorer: FusionScorer
  readonly parameters: HybridParameters
  readonly members: readonly FittedMember[]
  readonly queries: WeightQueries
}

/** Weights chosen from fewer queries would be noise. */
const MIN_QUERIES = 20

/** Chooses weights on each user's last event, with members fitted without these events; then fits the members on all events. */
export async function fitFusion(
  data: FitInput,
  parameters: HybridParameters,
  method: FusionMethod,
  options: TwoStageOptions = {},
): Promise<Fusion> {
  const { signal, fitted } = options
  const progress = new FitProgress(2 * parameters.members.length + 1, options.onStep)
  const heldOut = holdOut(data.train, 1)
  if (heldOut.users.length < MIN_QUERIES)
    throw invalid(
      `Hybrid: ${heldOut.users.length} users have two or more events; choosing weights takes at least ${MIN_QUERIES}`,
    )
  const first = await fitMembersByKind({ ...data, train: heldOut.rest }, parameters, { ...options, progress })
  const scorers = allMembers(first, fitted, 'heldOut').map(({ scorer }) => scorer)
  const queries = await collectWeightQueries(method, scorers, heldOut, signal)
  const { weights, ndcg } = chooseWeights(queries)
  await progress.complete(`weights ${weights.join(', ')}`, { validation_ndcg_at_10: ndcg })
  const refitted = await fitMembersByKind(data, parameters, { ...options, progress, reused: first })
  return { ...fuse(method, allMembers(refitted, fitted, 'whole'), weights), parameters, queries }
}

function fuse(method: FusionMethod, members: readonly FittedMember[], weights: readonly number[]) {
  const weighted = members.map(({ name, scorer }, n) => ({ name, scorer, weight: weights[n]! }))
  const scorer = new FusionScorer(method, weighted)
  return { ...fromHistoryScorer(scorer), scorer, members }
}

/** Yields the sum without each kind of member in turn, with weights chosen for the remaining members. */
export async function* ablateFusion({ scorer, members, queries }: Fusion): AsyncGenerator<Ablation> {
  const kinds = new Set(members.map(({ kind }) => kind))
  if (kinds.size === 1) return
  for (const without of kinds) {
    const isKept = members.map(({ kind }) => kind !== without)
    const { weights } = chooseWeights(keepMembers(queries, isKept))
    const left = members.filter((_, member) => isKept[member])
    const { score } = fuse(scorer.method, left, weights)
    yield { without, model: { score } }
  }
}

/** Members with weight 0 are not stored. */
export async function fusionModelFiles(
  { scorer, members, parameters }: Fusion,
  artifact: ArtifactContext,
): Promise<ModelFiles> {
  const stored = []
  for (const [n, { name, weight }] of scorer.members.entries())
    if (weight > 0) stored.push({ name, weight, files: await members[n]!.files(artifact) })
  return fusionFiles(
    { ...artifactTables(artifact, parameters), method: scorer.method, members: stored },
    artifact.metadata,
  )
}
