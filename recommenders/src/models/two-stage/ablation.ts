import { FirstStage } from '@cairn/flavors/two-stage/first-stage'
import { TwoStageScorer } from '@cairn/flavors/two-stage/scorer'
import { scorerOf } from '../../scoring/scorer.js'
import type { Ablation, FitOptions } from '../recipe.js'
import type { TwoStage } from './fit.js'
import { rankingTrees } from './second-stage.js'
import { keepRows } from './training-rows.js'

/**
 * What each family of the first stage is worth: the ranker without its candidates and without all that it says, on trees
 * that were trained so. The other members stay as they are.
 */
export async function* ablate(ranker: TwoStage, options: FitOptions = {}): AsyncGenerator<Ablation> {
  const kinds = new Set(ranker.members.map(({ kind }) => kind))
  if (kinds.size === 1) return
  for (const kind of kinds) yield { without: kind, model: await rankerWithout(ranker, kind, options) }
}

async function rankerWithout(ranker: TwoStage, kind: string, { threads, signal }: FitOptions) {
  const { members, plan, traits, popularity, parameters, scorer, rows } = ranker
  const stays = members.map((member) => member.kind !== kind)
  const left = members.filter((_, member) => stays[member])
  const names = left.map(({ name }) => name)
  const stage = new FirstStage({
    members: left,
    plan: { ...plan, members: names, views: plan.views.filter(({ member }) => names.includes(member)) },
    traits,
    popularity,
    depth: parameters.depth,
  })
  const proposes = stays.reduce((bits, stay, member) => bits | (stay ? 1 << member : 0), 0)
  const columns = [...scorer.stage.features.keys()].filter((column) => {
    const { kind: says, of } = scorer.stage.features[column]!
    return says !== 'member' || names.includes(of)
  })
  const kept = keepRows(rows, (row) => (rows.proposers[row]! & proposes) !== 0, columns)
  const booster = await rankingTrees(kept, stage.features, parameters, { threads, signal })
  return scorerOf(new TwoStageScorer(stage, booster))
}
