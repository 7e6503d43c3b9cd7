import { firstOccurrences } from '../recommender/first-occurrences.js'
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
  /** Fold-ins of the scored histories, to explain their scores. */
  readonly #foldIns = new WeakMap<Int32Array, FoldIn>()

  constructor({ dimensions, itemFactors, parameters }: ItemFactors) {
    this.items = itemFactors.length / dimensions
    this.#factors = new FactorMatrix(itemFactors, dimensions)
    this.#gram = this.#factors.gram()
    this.#parameters = parameters
  }

  score(histories: readonly Int32Array[], into: Float32Array): void {
    for (const [row, history] of histories.entries()) {
      const foldIn = this.#foldIn(history)
      this.#foldIns.set(history, foldIn)
      into.set(this.#factors.scoreAll(foldIn.vector), row * this.items)
    }
  }

  /** Returns a function from an item to what each event of the history, in its order, adds to its score; 0 for repeats. */
  contributions(history: Int32Array): (item: number) => Float64Array {
    const foldIn = this.#foldIns.get(history) ?? this.#foldIn(history)
    const first = firstOccurrences(history)
    return (item) => {
      const ofItems = foldIn.contributions(item)
      const added = new Float64Array(history.length)
      for (let event = 0, n = 0; event < history.length; event++)
        if (first[event] === 1) added[event] = ofItems[n++]!
      return added
    }
  }

  #foldIn(history: Int32Array): FoldIn {
    return new FoldIn(this.#factors, this.#gram, this.#parameters, [...new Set(history)])
  }
}
