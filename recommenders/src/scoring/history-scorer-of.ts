import type { HistoryScorer } from '@cairn/flavors/recommender/history-scorer'
import { IdMap } from '../data/id-map.js'
import type { Scorer } from './scorer.js'

/** Asks a model for histories of nobody it knows, so that only what the history says counts. */
export const historyScorerOf = (scorer: Scorer, items: IdMap): HistoryScorer => ({
  items: items.size,
  score(histories, into) {
    const users = Int32Array.from(histories.keys())
    const ends = new Int32Array(histories.length)
    let end = 0
    for (const [n, history] of histories.entries()) ends[n] = end += history.length
    const starts = ends.map((last, n) => last - histories[n]!.length)
    const itemOf = new Int32Array(end)
    for (const [n, history] of histories.entries()) itemOf.set(history, starts[n])
    const nobody = { users: new IdMap(users), items, starts, ends, itemOf, order: 'as asked' }
    return scorer.score({ ...nobody, times: undefined, values: undefined }, users, into)
  },
  ...(scorer.close && { close: () => scorer.close!() }),
})
