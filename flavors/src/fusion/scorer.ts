import { invalid } from '@cairn/platform/errors'
import type { HistoryScorer } from '../recommender/history-scorer.js'
import { type FusionMethod, type Terms, termsOf } from './terms.js'

export interface FusionMember {
  readonly name: string
  readonly scorer: HistoryScorer
  readonly weight: number
}

/** Memory limit for the scores of one member, which bounds the batch of histories. */
const SCORE_BYTES = 32 * 1024 ** 2
const MAX_HISTORIES = 256

/**
 * Scores by the weighted sum of the members' scores on a common scale; −∞ for items of the history and items that no
 * member scores. Not re-entrant, as its members are not.
 */
export class FusionScorer implements HistoryScorer {
  readonly items: number
  readonly method: FusionMethod
  readonly members: readonly FusionMember[]
  readonly #terms: Terms
  readonly #hidden: Uint8Array

  /** @throws INVALID_PARAMETER_VALUE when there are no members, their items differ, or a weight is invalid */
  constructor(method: FusionMethod, members: readonly FusionMember[]) {
    const [first] = members
    if (!first) throw invalid('fusion: at least one member is required')
    for (const { name, scorer, weight } of members) {
      if (scorer.items !== first.scorer.items)
        throw invalid(
          `fusion: member '${name}' has ${scorer.items} items, '${first.name}' has ${first.scorer.items}`,
        )
      if (!Number.isFinite(weight) || weight < 0)
        throw invalid(`fusion: the weight of '${name}' must be a number ≥ 0, not ${weight}`)
    }
    this.items = first.scorer.items
    this.method = method
    this.members = members
    this.#terms = termsOf(method, this.items)
    this.#hidden = new Uint8Array(this.items)
  }

  async score(histories: readonly Int32Array[], into: Float32Array): Promise<void> {
    const batchSize = Math.min(MAX_HISTORIES, Math.max(1, Math.floor(SCORE_BYTES / (this.items * 4))))
    for (let from = 0; from < histories.length; from += batchSize) {
      const batch = histories.slice(from, from + batchSize)
      await this.#fuse(batch, into.subarray(from * this.items, (from + batch.length) * this.items))
    }
  }

  async close(): Promise<void> {
    for (const { scorer } of this.members) await scorer.close?.()
  }

  async #fuse(histories: readonly Int32Array[], into: Float32Array): Promise<void> {
    const scored = new Uint8Array(into.length)
    into.fill(0)
    for (const { scorer, weight } of this.members) {
      if (weight === 0) continue
      const scores = new Float32Array(into.length)
      await scorer.score(histories, scores)
      markScored(scores, scored)
      this.#toTerms(histories, scores)
      for (let at = 0; at < into.length; at++) into[at]! += weight * scores[at]!
    }
    for (const [n, history] of histories.entries())
      for (const row of history) scored[n * this.items + row] = 0
    for (let at = 0; at < into.length; at++) if (scored[at] === 0) into[at] = Number.NEGATIVE_INFINITY
  }

  #toTerms(histories: readonly Int32Array[], scores: Float32Array): void {
    for (const [n, history] of histories.entries())
      this.#terms(scores.subarray(n * this.items, (n + 1) * this.items), this.#hide(history))
  }

  #hide(history: Int32Array): Uint8Array {
    const hidden = this.#hidden.fill(0)
    for (const row of history) hidden[row] = 1
    return hidden
  }
}

function markScored(scores: Float32Array, scored: Uint8Array): void {
  for (let at = 0; at < scores.length; at++) if (scores[at]! > Number.NEGATIVE_INFINITY) scored[at] = 1
}
