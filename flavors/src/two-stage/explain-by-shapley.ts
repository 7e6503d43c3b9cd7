import type { Contributions, Explain } from '../recommender/explanation.js'
import type { LoadedMember } from '../recommender/member-folders.js'
import { MAX_REASONS, type RowReason } from '../recommender/reason.js'
import { XgboostExplainer } from '../xgboost/explainer.js'
import type { Feature } from './plan.js'
import type { TwoStageScorer } from './scorer.js'

/** Traits that measure popularity only. */
const POPULARITY_TRAITS = new Set(['log_popularity', 'tail_log_popularity', 'tail_share'])

type ExplainableMember = Pick<LoadedMember, 'name' | 'contributions'>

/** A member or trait, and what its features add to the margin. */
interface Source extends Pick<Feature, 'kind' | 'of'> {
  readonly contribution: number
}

/**
 * Explains a candidate by the Shapley values of the trees: by the members and traits that raise its margin most. If the
 * score of a member is a sum over the history, the reason is the item that contributes most to it.
 */
export function explainByShapley(scorer: TwoStageScorer, members: readonly ExplainableMember[]): Explain {
  const explainer = new XgboostExplainer(scorer.trees)
  const { features: columns } = scorer.stage
  return async ({ history, rows }) => {
    const { items, features } = await scorer.candidatesOf(history)
    const itemReason = strongestItem(history, members)
    const width = columns.length
    const explained = new Float32Array(rows.length * width)
    for (const [n, row] of rows.entries()) {
      const at = items.indexOf(row) * width
      explained.set(features.subarray(at, at + width), n * width)
    }
    const shapley = explainer.contributions(explained)
    return rows.map((row, n) => {
      const sources = strongestSources(columns, shapley.subarray(n * (width + 1), (n + 1) * (width + 1)))
      return reasonsFor(sources, (source) => itemReason(source, row))
    })
  }
}

/** The first reason is that of the strongest source; weaker sources are named if they add an item or trait. */
function reasonsFor(
  sources: readonly Source[],
  itemReason: (source: Source) => RowReason,
): readonly RowReason[] {
  const reasons = new Map<string, RowReason>()
  for (const source of sources.slice(0, MAX_REASONS)) {
    if (source.contribution <= 0) break
    const reason = source.kind === 'member' ? itemReason(source) : traitReason(source)
    const key = `${reason.type} ${'row' in reason ? reason.row : ''}`
    if (reasons.size === 0 || reason.type !== 'profile') reasons.set(key, reasons.get(key) ?? reason)
  }
  return reasons.size > 0 ? [...reasons.values()] : [{ type: 'profile' }]
}

function traitReason({ kind, of, contribution }: Source): RowReason {
  if (kind === 'history') return { type: 'profile' }
  return POPULARITY_TRAITS.has(of) ? { type: 'popularity' } : { type: 'trait', trait: of, contribution }
}

/** Computes the contributions of a member to a history when the first candidate needs them. */
function strongestItem(history: Int32Array, members: readonly ExplainableMember[]) {
  const known = new Map<string, ReturnType<Contributions> | undefined>()
  return ({ of, contribution }: Source, row: number): RowReason => {
    if (!known.has(of)) known.set(of, members.find(({ name }) => name === of)?.contributions?.(history))
    const parts = known.get(of)?.(row)
    return parts ? { type: 'influence', row: history[indexOfMax(parts)]!, contribution } : { type: 'profile' }
  }
}

/** Returns members and traits by the sum of their features' contributions, largest first. */
function strongestSources(columns: readonly Feature[], shapley: ArrayLike<number>): readonly Source[] {
  const sums = new Map<string, Source>()
  for (const [column, { kind, of }] of columns.entries()) {
    const key = `${kind} ${of}`
    const before = sums.get(key)?.contribution ?? 0
    sums.set(key, { kind, of, contribution: before + shapley[column]! })
  }
  return [...sums.values()].sort((a, b) => b.contribution - a.contribution)
}

function indexOfMax(values: ArrayLike<number>): number {
  let best = 0
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index
  return best
}
