import { largestReasons, type RowReason } from './reason.js'

/** Recommendations to be explained. */
export interface ScoredHistory {
  /** Item rows, oldest first, never empty. */
  readonly history: Int32Array
  /** The recommended rows. */
  readonly rows: readonly number[]
  /** Scores of all items. */
  readonly scores: ArrayLike<number>
  /** Scores of the variants of the history: variants × items. */
  readonly variants: Float32Array
}

/** Returns one or more reasons for each of the recommended rows, in their order; the strongest reason is first. */
export type Explain = (
  scored: ScoredHistory,
) => readonly (readonly RowReason[])[] | Promise<readonly (readonly RowReason[])[]>

/** How a model explains recommendations. */
export interface Explainer {
  readonly explain: Explain
  /** Returns histories whose scores the explanation needs too. Those of all requests are scored in one batch. */
  readonly variantsOf?: (history: Int32Array) => readonly Int32Array[]
}

/**
 * Returns a function from an item to what each event of the history adds to its score. The sum is the score, up to a
 * constant.
 */
export type Contributions = (history: Int32Array) => (row: number) => ArrayLike<number>

/** For models whose score is a sum over the history: names the items that contribute most. */
export const explainByContribution =
  (contributions: Contributions): Explain =>
  ({ history, rows }) => {
    const contributionsTo = contributions(history)
    return rows.map((row) => largestReasons('history', totalsByItem(history, contributionsTo(row))))
  }

/** Adds up what the events of each distinct item contribute. */
export function totalsByItem(history: Int32Array, added: ArrayLike<number>): Map<number, number> {
  const totals = new Map<number, number>()
  for (let event = 0; event < history.length; event++)
    totals.set(history[event]!, (totals.get(history[event]!) ?? 0) + added[event]!)
  return totals
}

/** For models of transitions: names the last item, without a contribution. */
export const explainByLastItem: Explain = ({ history, rows }) =>
  rows.map(() => [{ type: 'recent', row: history.at(-1)! }])

/** Number of latest distinct items that are left out in turn; each costs one scoring. */
const LEFT_OUT_ITEMS = 10

/**
 * For models whose score is not a sum: compares with the scores of the history without each of its latest items, and names
 * the items whose removal lowers the score most. `latest` returns how many to leave out for a history length.
 */
export function explainByLeaveOneOut(
  latest: (events: number) => number = () => LEFT_OUT_ITEMS,
): Required<Explainer> {
  const leftOut = (history: Int32Array) => latestItems(history, latest(history.length))
  return {
    variantsOf(history) {
      const without = leftOut(history).map((item) => history.filter((row) => row !== item))
      // Without its only item a history cannot be scored, so the whole score is due to that item
      return without[0]!.length > 0 ? without : []
    },
    explain({ history, rows, scores, variants }) {
      const items = leftOut(history)
      return rows.map((row) => {
        const score = scores[row]!
        const drops = items.map((item, index) => {
          const other = variants[index * scores.length + row] ?? Number.NEGATIVE_INFINITY
          return [item, Number.isFinite(other) ? score - other : score] as const
        })
        return largestReasons('influence', new Map(drops))
      })
    },
  }
}

function latestItems(history: Int32Array, count: number): readonly number[] {
  const items = new Set<number>()
  for (let event = history.length - 1; event >= 0 && items.size < count; event--) items.add(history[event]!)
  return [...items]
}
