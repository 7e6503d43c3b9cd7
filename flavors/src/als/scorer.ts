import type { HistoryScorer } from '../recommender/history-scorer.js'
import { Factors } from './factors.js'
import { FoldIn } from './fold-in.js'
import type { AlsModel } from './model.js'

type ItemSide = Pick<AlsModel, 'dimensions' | 'itemFactors' | 'parameters'>

/** Scores a history by its fold-in, whoever's it is. Not re-entrant, as scoring reuses its buffers. */
export class AlsScorer implements HistoryScorer {
  readonly items: number
  readonly #factors: Factors
  readonly #gram: Float64Array
  readonly #parameters: AlsModel['parameters']

  constructor({ dimensions, itemFactors, parameters }: ItemSide) {
    this.items = itemFactors.length / dimensions
    this.#factors = new Factors(itemFactors, dimensions)
    this.#gram = this.#factors.gram()
    this.#parameters = parameters
  }

  score(histories: readonly Int32Array[], into: Float32Array): void {
    for (const [row, history] of histories.entries())
      into.set(this.#factors.scoreAll(this.#foldIn([...new Set(history)]).vector), row * this.items)
  }

  /** What each event of the history, in its order, adds to the score of `item`; a repeat adds nothing. */
  contributions(history: Int32Array, item: number): Float64Array {
    const distinct = [...new Set(history)]
    const added = new Map<number, number>()
    for (const [n, part] of this.#foldIn(distinct).contributions(item).entries())
      added.set(distinct[n]!, part)
    return Float64Array.from(history, (row) => {
      const part = added.get(row) ?? 0
      added.delete(row)
      return part
    })
  }

  #foldIn(history: readonly number[]): FoldIn {
    return new FoldIn(this.#factors, this.#gram, this.#parameters, history)
  }
}
