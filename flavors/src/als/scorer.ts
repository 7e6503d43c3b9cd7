import type { HistoryScorer } from '../recommender/history-scorer.js'
import { FactorMatrix } from './factor-matrix.js'
import { FoldIn } from './fold-in.js'
import type { AlsModel } from './model.js'

type ItemFactors = Pick<AlsModel, 'dimensions' | 'itemFactors' | 'parameters'>

/** Scores histories by fold-in. Not re-entrant, as scoring reuses its buffers. */
export class AlsScorer implements HistoryScorer {
  readonly items: number
  readonly #factors: FactorMatrix
  readonly #gram: Float64Array
  readonly #parameters: AlsModel['parameters']

  constructor({ dimensions, itemFactors, parameters }: ItemFactors) {
    this.items = itemFactors.length / dimensions
    this.#factors = new FactorMatrix(itemFactors, dimensions)
    this.#gram = this.#factors.gram()
    this.#parameters = parameters
  }

  score(histories: readonly Int32Array[], into: Float32Array): void {
    for (const [row, history] of histories.entries())
      into.set(this.#factors.scoreAll(this.#foldIn([...new Set(history)]).vector), row * this.items)
  }

  /** Returns a function from an item to what each event of the history, in its order, adds to its score; 0 for repeats. */
  contributions(history: Int32Array): (item: number) => Float64Array {
    const distinct = [...new Set(history)]
    const foldIn = this.#foldIn(distinct)
    return (item) => {
      const added = new Map<number, number>()
      for (const [n, contribution] of foldIn.contributions(item).entries())
        added.set(distinct[n]!, contribution)
      return Float64Array.from(history, (row) => {
        const contribution = added.get(row) ?? 0
        added.delete(row)
        return contribution
      })
    }
  }

  #foldIn(history: readonly number[]): FoldIn {
    return new FoldIn(this.#factors, this.#gram, this.#parameters, history)
  }
}
