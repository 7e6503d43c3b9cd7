import type { Explain, RowReason } from '../recommender/explanation.js'
import type { LoadedMember } from '../recommender/member-folders.js'
import { XgboostExplainer } from '../xgboost/explainer.js'
import type { Feature } from './plan.js'
import type { TwoStageScorer } from './scorer.js'

/** Traits that measure popularity only. */
const POPULARITY_TRAITS = new Set(['log_popularity', 'tail_log_popularity', 'tail_share'])

/**
 * Explains a candidate by the Shapley values of the trees: by the member or trait that raised its margin most. If the score
 * of that member is a sum over the history, the reason is the item that contributes most to it.
 */
export function explainByShapley(scorer: TwoStageScorer, members: readonly ExplainableMember[]): Explain {
  const explainer = new XgboostExplainer(scorer.trees)
  const { features: columns } = scorer.stage
  return async ({ history, rows }) => {
    const { items, features } = await scorer.stage.propose([history])
    const reasonFor = (row: number): RowReason => {
      const at = items.indexOf(row) * columns.length
      const shapley = explainer.contributions(features.subarray(at, at + columns.length))
      const { kind, of, contribution } = strongestSource(columns, shapley)
      if (contribution <= 0 || kind === 'history') return { type: 'profile' }
      if (kind !== 'member')
        return POPULARITY_TRAITS.has(of) ? { type: 'popularity' } : { type: 'trait', trait: of, contribution }
      const parts = members.find(({ name }) => name === of)?.contributions?.(history, row)
      return parts
        ? { type: 'influence', row: history[indexOfMax(parts)]!, contribution }
        : { type: 'profile' }
    }
    return rows.map(reasonFor)
  }
}

type ExplainableMember = Pick<LoadedMember, 'name' | 'contributions'>

/** Returns the member or trait with the largest sum of contributions over its features. */
function strongestSource(columns: readonly Feature[], shapley: ArrayLike<number>) {
  const sums = new Map<string, Pick<Feature, 'kind' | 'of'> & { contribution: number }>()
  for (const [column, { kind, of }] of columns.entries()) {
    const key = `${kind} ${of}`
    const before = sums.get(key)?.contribution ?? 0
    sums.set(key, { kind, of, contribution: before + shapley[column]! })
  }
  return [...sums.values()].reduce((best, source) =>
    source.contribution > best.contribution ? source : best,
  )
}

function indexOfMax(values: ArrayLike<number>): number {
  let best = 0
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index
  return best
}
