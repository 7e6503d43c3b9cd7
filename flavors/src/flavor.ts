import type { Id } from './id.js'
import type { Mlmodel } from './mlmodel/mlmodel.js'
import type { Contributions } from './recommender/explanation.js'
import type { HistoryScorer } from './recommender/history-scorer.js'
import type { Recommender } from './recommender/recommendation.js'
import type { Row, ScoringInput } from './scoring-protocol/scoring-input.js'

/** A request to a model. */
export interface ModelRequest {
  readonly input: ScoringInput
  /** Inference parameters; a model ignores those that it does not know, as pyfunc does. */
  readonly params?: Row
  /** Milliseconds since the epoch after which the caller has given up. */
  readonly deadline?: number
}

/** A loaded model of any flavor. */
export interface Model {
  /**
   * Returns one promise for each request, in order. Requests do not affect each other: an invalid one only rejects its
   * own promise, with INVALID_PARAMETER_VALUE, and one that is late with DEADLINE_EXCEEDED. Calls may overlap.
   */
  predict(requests: readonly ModelRequest[]): Promise<unknown>[]
  /**
   * For recommenders: answers at once with the most popular items, without scoring, for a caller who cannot wait.
   *
   * @throws INVALID_PARAMETER_VALUE
   */
  fallback?(request: ModelRequest): unknown
  /** Frees threads and sessions. */
  close?(): Promise<void>
}

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
  /** @throws INVALID_PARAMETER_VALUE naming the invalid input, DEADLINE_EXCEEDED */
  invoke(request: ModelRequest): unknown
  /** Frees threads and sessions. */
  close?(): Promise<void>
}

/** A model that scores histories, as a member of a composite model. */
export interface LoadedScorer {
  readonly scorer: HistoryScorer
  /** Ids of the items that it scores, in its order. */
  readonly ids: readonly Id[]
  /** Present if the score is a sum over the history. */
  readonly contributions?: Contributions
}
