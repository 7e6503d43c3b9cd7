import type { HistoryScorer } from './history-scorer.js'

/** Recommendations to be explained. */
export interface ScoredHistory {
  /** Item rows, oldest first, never empty. */
  readonly history: Int32Array
  /** The recommended rows. */
  readonly rows: readonly number[]
  /** Scores of all items. */
  readonly scores: ArrayLike<number>
}

/** A `Reason` that refers to an item by its row. */
export type RowReason =
  | { readonly type: 'history' | 'influence'; readonly row: number; readonly contribution: number }
  | { readonly type: 'recent'; readonly row: number }
  | { readonly type: 'trait'; readonly trait: string; readonly contribution: number }
  | { readonly type: 'profile' | 'popularity' }

/** Returns a reason for each of the recommended rows, in their order. */
export type Explain = (scored: ScoredHistory) => readonly RowReason[] | Promise<readonly RowReason[]>

/** Returns what each event of the history adds to the score of `row`. The sum is the score, up to a constant. */
export type Contributions = (history: Int32Array, row: number) => ArrayLike<number>

/** For models whose score is a sum over the history: names the item that contributes most. */
export const explainByContribution =
  (contributions: Contributions): Explain =>
  ({ history, rows }) =>
    rows.map((row) => {
      const totals = new Map<number, number>()
      const added = contributions(history, row)
      for (let event = 0; event < history.length; event++)
        totals.set(history[event]!, (totals.get(history[event]!) ?? 0) + added[event]!)
      return largestReason('history', totals)
    })

/** For models of transitions: names the last item, without a contribution. */
export const explainByLastItem: Explain = ({ history, rows }) =>
  rows.map(() => ({ type: 'recent', row: history.at(-1)! }))

/** Number of latest distinct items that are left out in turn; each costs one scoring. */
const LEFT_OUT_ITEMS = 10

/**
 * For models whose score is not a sum: scores the history without each of its latest items, in one batch, and names
 * the item whose removal lowers the score most. `latest` returns how many to leave out for a history length.
 */
export const explainByLeaveOneOut =
  (scorer: HistoryScorer, latest: (events: number) => number = () => LEFT_OUT_ITEMS): Explain =>
  async ({ history, rows, scores }) => {
    const items = [...new Set(history.toReversed())].slice(0, latest(history.length))
    const without = items.map((item) => history.filter((row) => row !== item))
    // Without its only item a history cannot be scored, so the whole score is due to that item
    const scorable = without[0]!.length > 0 ? without : []
    const others = new Float32Array(scorable.length * scorer.items)
    if (scorable.length > 0) await scorer.score(scorable, others)
    return rows.map((row) => {
      const score = scores[row]!
      const drops = items.map((item, index) => {
        const other = scorable.length > 0 ? others[index * scorer.items + row]! : Number.NEGATIVE_INFINITY
        return [item, Number.isFinite(other) ? score - other : score] as const
      })
      return largestReason('influence', new Map(drops))
    })
  }

/** Without a positive contribution the reason is the history as a whole. */
function largestReason(type: 'history' | 'influence', contributions: ReadonlyMap<number, number>): RowReason {
  let best: RowReason = { type: 'profile' }
  let largest = 0
  for (const [row, contribution] of contributions)
    if (contribution > largest) {
      best = { type, row, contribution }
      largest = contribution
    }
  return best
}
