import type { FitOptions, FitStep } from '../recipe.js'

/** Counts what a fit of several parts has done. */
export class Steps {
  readonly #total: number
  readonly #onStep: FitOptions['onStep']
  #done = 0

  constructor(total: number, onStep: FitOptions['onStep']) {
    this.#total = total
    this.#onStep = onStep
  }

  async next(message: string, metrics?: FitStep['metrics']): Promise<void> {
    const step = { done: ++this.#done, total: this.#total, unit: 'steps', message }
    await this.#onStep?.({ ...step, ...(metrics && { metrics }) })
  }

  /** A part of the next step. */
  async within(message: string): Promise<void> {
    await this.#onStep?.({ done: this.#done, total: this.#total, unit: 'steps', message })
  }
}
