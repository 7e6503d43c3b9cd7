import type { Explain, RowReason } from '../recommender/explanation.js'
import type { LoadedMember } from '../recommender/member-folders.js'
import { XgboostExplainer } from '../xgboost/explainer.js'
import type { Feature } from './plan.js'
import type { TwoStageScorer } from './scorer.js'

/** Traits that say nothing but that many have taken the item. */
const POPULARITY = new Set(['log_popularity', 'tail_log_popularity', 'tail_share'])

/**
 * By the Shapley values of the trees: of all that is said of a candidate, what moved its margin up most. A member that
 * is a sum over the history names the item of it that adds most to its score.
 */
export function explainByShapley(scorer: TwoStageScorer, members: readonly Explained[]): Explain {
  const explainer = new XgboostExplainer(scorer.trees)
  const { features: columns } = scorer.stage
  return async ({ history, rows }) => {
    const { items, features } = await scorer.stage.propose([history])
    const because = (row: number): RowReason => {
      const at = items.indexOf(row) * columns.length
      const given = explainer.contributions(features.subarray(at, at + columns.length))
      const { kind, of, contribution } = strongest(columns, given)
      if (contribution <= 0 || kind === 'history') return { type: 'profile' }
      if (kind !== 'member')
        return POPULARITY.has(of) ? { type: 'popularity' } : { type: 'trait', trait: of, contribution }
      const parts = members.find(({ name }) => name === of)?.contributions?.(history, row)
      return parts
        ? { type: 'influence', row: history[indexOfMost(parts)]!, contribution }
        : { type: 'profile' }
    }
    return rows.map(because)
  }
}

type Explained = Pick<LoadedMember, 'name' | 'contributions'>

/** Of the members and traits, each with all that is said of it together. */
function strongest(columns: readonly Feature[], given: ArrayLike<number>) {
  const sums = new Map<string, Pick<Feature, 'kind' | 'of'> & { contribution: number }>()
  for (const [column, { kind, of }] of columns.entries()) {
    const key = `${kind} ${of}`
    const before = sums.get(key)?.contribution ?? 0
    sums.set(key, { kind, of, contribution: before + given[column]! })
  }
  return [...sums.values()].reduce((best, one) => (one.contribution > best.contribution ? one : best))
}

function indexOfMost(parts: ArrayLike<number>): number {
  let best = 0
  for (let place = 1; place < parts.length; place++) if (parts[place]! > parts[best]!) best = place
  return best
}
