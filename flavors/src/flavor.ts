import type { Mlmodel } from './mlmodel/mlmodel.js'
import type { Contributions } from './recommender/explanation.js'
import type { HistoryScorer } from './recommender/history-scorer.js'
import type { Id } from './recommender/id.js'
import type { Recommender } from './recommender/recommendation.js'
import type { ScoringInput } from './scoring-protocol/scoring-input.js'

/** How the model folders of one MLmodel flavor are loaded. */
export interface Flavor {
  /** @throws INVALID_PARAMETER_VALUE for a broken model, naming the file and the reason */
  load(folder: string, options: LoadOptions): Promise<Recommender | Predictor>
  /**
   * Loads the model as a member of a composite model. Composites have none, so model folders nest no deeper than that.
   *
   * @throws INVALID_PARAMETER_VALUE
   */
  loadScorer?(folder: string): Promise<LoadedScorer>
}

export interface LoadOptions {
  readonly mlmodel: Mlmodel
  readonly loadMember: LoadMember
}

/** Loads a member of a composite model. */
export type LoadMember = (folder: string) => Promise<LoadedScorer>

/** A model of tables and tensors. */
export interface Predictor {
  invoke(input: ScoringInput): Promise<unknown>
  /** Frees threads and sessions. */
  close?(): Promise<void>
}

export interface LoadedScorer {
  readonly scorer: HistoryScorer
  /** Ids of the items that it scores, in its order. */
  readonly ids: readonly Id[]
  /** Present if the score is a sum over the history. */
  readonly contributions?: Contributions
}
