import type { Metric } from './metrics.js'

/** Remembers the best round, the first one of equals. */
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

  /** From 1. */
  get bestRound(): number {
    return this.#bestRound
  }

  get bestScore(): number {
    return this.#best
  }

  /** Whether to stop after a round that scored so. */
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
