import { invalid } from '@cairn/platform/errors'
import type { HistoryScorer } from '../recommender/history-scorer.js'
import type { XgboostModel } from '../xgboost/model.js'
import { XgboostScorer } from '../xgboost/scorer.js'
import type { FirstStage, ProposedCandidates } from './first-stage.js'

/** The candidates for one history. */
export interface Candidates {
  /** Item rows, ascending. */
  readonly items: Int32Array
  /** Candidates × features, row-major. */
  readonly features: Float32Array
}

/**
 * Scores the candidates of the first stage by the margin of boosted trees; −∞ for all other items, including those of the
 * history. Not re-entrant, as its members are not.
 */
export class TwoStageScorer implements HistoryScorer {
  readonly items: number
  readonly stage: FirstStage
  readonly booster: XgboostModel
  readonly trees: XgboostScorer
  #histories: readonly Int32Array[] = []
  #proposals: ProposedCandidates | undefined

  /** @throws INVALID_PARAMETER_VALUE when the trees have other features than the first stage */
  constructor(stage: FirstStage, booster: XgboostModel) {
    const names = stage.features.map(({ name }) => name)
    if (booster.featureNames.join() !== names.join())
      throw invalid(
        `two-stage: the trees have the features ${booster.featureNames.join(', ')}, expected ${names.join(', ')}`,
      )
    this.items = stage.items
    this.stage = stage
    this.booster = booster
    this.trees = new XgboostScorer(booster)
    if (this.trees.outputs !== 1)
      throw invalid(`two-stage: the trees have ${this.trees.outputs} outputs, expected one`)
  }

  async score(histories: readonly Int32Array[], into: Float32Array): Promise<void> {
    into.fill(Number.NEGATIVE_INFINITY, 0, histories.length * this.items)
    const { offsets, items, features } = await this.#propose(histories)
    const margins = this.trees.margins(features)
    for (let n = 0; n < histories.length; n++)
      for (let row = offsets[n]!; row < offsets[n + 1]!; row++)
        into[n * this.items + items[row]!] = margins[row]!
  }

  /** Returns the candidates for a history; those of the last call of `score` are not computed again. */
  async candidatesOf(history: Int32Array): Promise<Candidates> {
    if (!this.#histories.includes(history)) await this.#propose([history])
    const { offsets, items, features } = this.#proposals!
    const n = this.#histories.indexOf(history)
    const [from, to, width] = [offsets[n]!, offsets[n + 1]!, this.stage.features.length]
    return { items: items.subarray(from, to), features: features.subarray(from * width, to * width) }
  }

  async close(): Promise<void> {
    for (const { scorer } of this.stage.members) await scorer.close?.()
  }

  async #propose(histories: readonly Int32Array[]): Promise<ProposedCandidates> {
    const proposals = await this.stage.propose(histories)
    this.#histories = histories
    this.#proposals = proposals
    return proposals
  }
}
