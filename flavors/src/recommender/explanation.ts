import type { HistoryScorer } from './history-scorer.js'

/** An answer to be explained. */
export interface Scored {
  /** Item rows, oldest first, never empty. */
  readonly history: Int32Array
  /** The recommended rows. */
  readonly rows: readonly number[]
  /** Of every item. */
  readonly scores: ArrayLike<number>
}

/** A reason that names an item by its row. */
export type Because =
  | { readonly type: 'history' | 'influence'; readonly row: number; readonly contribution: number }
  | { readonly type: 'recent'; readonly row: number }
  | { readonly type: 'trait'; readonly trait: string; readonly contribution: number }
  | { readonly type: 'profile' | 'popularity' }

/** Why each of the recommended rows is there, in their order. */
export type Explain = (scored: Scored) => readonly Because[] | Promise<readonly Because[]>

/** What each place of the history adds to the score of `row`; together they are the score, or its part that varies. */
export type Contributions = (history: Int32Array, row: number) => ArrayLike<number>

/** For models whose score is a sum over the history: the item that adds most, with what it adds. */
export const byContribution =
  (contributions: Contributions): Explain =>
  ({ history, rows }) =>
    rows.map((row) => {
      const parts = new Map<number, number>()
      const added = contributions(history, row)
      for (let place = 0; place < history.length; place++)
        parts.set(history[place]!, (parts.get(history[place]!) ?? 0) + added[place]!)
      return largest('history', parts)
    })

/** For models of what follows what: the last item, and no claim of how much it weighs. */
export const byLastItem: Explain = ({ history, rows }) =>
  rows.map(() => ({ type: 'recent', row: history.at(-1)! }))

/** So many of the latest distinct items are left out in turn: each costs a scoring. */
const LATEST = 10

/**
 * For models that are no sum: the latest items are left out one by one, in one batch, and the one without which the
 * score falls most is named with its fall. `latest` says how many, given the length of the history.
 */
export const byLeaveOneOut =
  (scorer: HistoryScorer, latest: (events: number) => number = () => LATEST): Explain =>
  async ({ history, rows, scores }) => {
    const items = [...new Set(history.toReversed())].slice(0, latest(history.length))
    const without = items.map((item) => history.filter((one) => one !== item))
    // A history of one item leaves nothing to score: all of the score is that item's
    const left = without[0]!.length > 0 ? without : []
    const others = new Float32Array(left.length * scorer.items)
    if (left.length > 0) await scorer.score(left, others)
    return rows.map((row) => {
      const score = scores[row]!
      const falls = items.map((item, place) => {
        const other = left.length > 0 ? others[place * scorer.items + row]! : Number.NEGATIVE_INFINITY
        return [item, Number.isFinite(other) ? score - other : score] as const
      })
      return largest('influence', new Map(falls))
    })
  }

/** Nothing that speaks for the item means that the history as a whole does. */
function largest(type: 'history' | 'influence', parts: ReadonlyMap<number, number>): Because {
  let best: Because = { type: 'profile' }
  let most = 0
  for (const [row, contribution] of parts)
    if (contribution > most) {
      best = { type, row, contribution }
      most = contribution
    }
  return best
}
