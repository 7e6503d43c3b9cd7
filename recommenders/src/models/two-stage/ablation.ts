import { FirstStage } from '@cairn/flavors/two-stage/first-stage'
import { TwoStageScorer } from '@cairn/flavors/two-stage/scorer'
import type { Ablation, FitOptions } from '../../recipe.js'
import { fromHistoryScorer } from '../../scoring/history-scorer.js'
import type { TwoStage } from './fit.js'
import { trainRankingTrees } from './second-stage.js'
import { keepRows } from './training-rows.js'

/**
 * Yields the ranker without each kind of member in turn: without its candidates and features, with trees trained on the
 * remaining ones. The other members are not fitted again.
 */
export async function* ablateTwoStage(ranker: TwoStage, options: FitOptions = {}): AsyncGenerator<Ablation> {
  const kinds = new Set(ranker.members.map(({ kind }) => kind))
  if (kinds.size === 1) return
  for (const kind of kinds) yield { without: kind, model: await rankerWithout(ranker, kind, options) }
}

async function rankerWithout(ranker: TwoStage, kind: string, { threads, signal }: FitOptions) {
  const { members, plan, traits, popularity, parameters, scorer, rows } = ranker
  const isKept = members.map((member) => member.kind !== kind)
  const left = members.filter((_, member) => isKept[member])
  const names = left.map(({ name }) => name)
  const stage = new FirstStage({
    members: left,
    plan: { ...plan, members: names, views: plan.views.filter(({ member }) => names.includes(member)) },
    traits,
    popularity,
    depth: parameters.depth,
  })
  const proposedBy = isKept.reduce((bits, keep, member) => bits | (keep ? 1 << member : 0), 0)
  const columns = [...scorer.stage.features.keys()].filter((column) => {
    const { kind: source, of } = scorer.stage.features[column]!
    return source !== 'member' || names.includes(of)
  })
  const kept = keepRows(rows, (row) => (rows.proposers[row]! & proposedBy) !== 0, columns)
  const booster = await trainRankingTrees(kept, stage.features, parameters, { threads, signal })
  return fromHistoryScorer(new TwoStageScorer(stage, booster))
}
