import type { FitOptions, FitStep } from '../recipe.js'

/** Reports the progress of a fit that consists of several steps. */
export class FitProgress {
  readonly #total: number
  readonly #onStep: FitOptions['onStep']
  #done = 0

  constructor(total: number, onStep: FitOptions['onStep']) {
    this.#total = total
    this.#onStep = onStep
  }

  /** Counts a finished step and reports it. */
  async complete(message: string, metrics?: FitStep['metrics']): Promise<void> {
    const step = { done: ++this.#done, total: this.#total, unit: 'steps', message }
    await this.#onStep?.({ ...step, ...(metrics && { metrics }) })
  }

  /** Reports progress within the current step. */
  async report(message: string): Promise<void> {
    await this.#onStep?.({ done: this.#done, total: this.#total, unit: 'steps', message })
  }
}
