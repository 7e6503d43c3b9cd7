import type { Metric } from './metrics.js'

/** Tracks the best round; of equal scores, the first. */
export class EarlyStopping {
  readonly #metric: Metric
  readonly #patience: number
  #best = Number.NaN
  #bestRound = 0
  #round = 0

  /** A patience of 0 never stops. */
  constructor(metric: Metric, patience: number) {
    this.#metric = metric
    this.#patience = patience
  }

  /** Starts at 1. */
  get bestRound(): number {
    return this.#bestRound
  }

  get bestScore(): number {
    return this.#best
  }

  /** Records the score of a round and returns whether to stop. */
  add(score: number): boolean {
    this.#round++
    const better = this.#metric.higherIsBetter ? score > this.#best : score < this.#best
    if (this.#bestRound === 0 || better) {
      this.#best = score
      this.#bestRound = this.#round
    }
    return this.#patience > 0 && this.#round - this.#bestRound >= this.#patience
  }
}
