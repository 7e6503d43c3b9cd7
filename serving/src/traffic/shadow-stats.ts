import type { Difference } from './compare-answers.js'

/** The comparison of a shadow with the answers of its endpoint since the shadow was deployed, in this process. */
export class ShadowStats {
  compared = 0
  failed = 0
  /** Not sent, because too many were waiting for the shadow. */
  dropped = 0
  #equal = 0
  readonly #meanAbsolute = new Mean()
  readonly #overlap = new Mean()
  readonly #answerMs = new Mean()
  readonly #shadowMs = new Mean()

  add(difference: Difference, answerMs: number, shadowMs: number): void {
    this.compared++
    if (difference.isEqual) this.#equal++
    this.#meanAbsolute.add(difference.meanAbsolute)
    this.#overlap.add(difference.overlap)
    this.#answerMs.add(answerMs)
    this.#shadowMs.add(shadowMs)
  }

  toJSON() {
    const { compared, failed, dropped } = this
    const means = {
      equal_share: compared === 0 ? undefined : this.#equal / compared,
      mean_absolute_difference: this.#meanAbsolute.value,
      recommendation_overlap: this.#overlap.value,
      answer_ms: this.#answerMs.value,
      shadow_ms: this.#shadowMs.value,
    }
    const known = Object.entries(means).filter(([, value]) => value !== undefined)
    return { compared, failed, dropped, ...Object.fromEntries(known) }
  }
}

class Mean {
  #sum = 0
  #count = 0

  add(value: number | undefined) {
    if (value === undefined) return
    this.#sum += value
    this.#count++
  }

  get value(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum / this.#count
  }
}
