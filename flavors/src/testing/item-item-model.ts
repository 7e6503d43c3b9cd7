import type { HistoryScorer } from '../recommender/history-scorer.js'
import type { ItemMetadata } from '../recommender/item-table.js'
import { randomNumbers } from './als-model.js'

/** Items whose ids and popularity differ from their row numbers. */
export function someItems(count: number, seed = 1): ItemMetadata {
  const random = randomNumbers(seed)
  return {
    ids: Array.from({ length: count }, (_, row) => ((row * 7919 + seed) % 1009) + 10),
    titles: Array.from({ length: count }, (_, row) => `Film ${row} (영화)`),
    popularity: Float64Array.from({ length: count }, () => Math.floor(random() * 5)),
  }
}

/** Scores with a random matrix, history item × scored item; later events weigh more, so order matters. */
export function itemItemModel(items: number, seed = 1) {
  const random = randomNumbers(seed)
  const weights = Float32Array.from({ length: items * items }, () => random() - 0.3)
  const weight = (index: number, length: number) => 1 / (length - index)
  const contributions = (history: Int32Array, row: number) =>
    Float64Array.from(history, (item, index) => weight(index, history.length) * weights[item * items + row]!)
  const score = (history: Int32Array, row: number) =>
    Math.fround(contributions(history, row).reduce((sum, part) => sum + part, 0))
  const scorer: HistoryScorer = {
    items,
    score(histories, into) {
      for (const [at, history] of histories.entries())
        for (let row = 0; row < items; row++) into[at * items + row] = score(history, row)
    },
  }
  return { scorer, score, contributions }
}
