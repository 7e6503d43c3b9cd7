import type { Interactions } from '../data/interactions.js'

/** The interface of a fitted model to evaluation, fusion and the second stage. Items are indices of the interactions' id map. */
export interface Scorer {
  /**
   * Scores every item for each of `users` from their events in `histories`, which share the id maps of the training data
   * but may contain other events. `into` is users × items, row-major; −Infinity where the model has no score. Scores
   * depend neither on the number of threads nor on the other users.
   */
  score(histories: Interactions, users: Int32Array, into: Float32Array, signal?: AbortSignal): Promise<void>
  /** True if the scores are ratings on the scale of the data, so that their errors can be measured. */
  readonly predictsRatings?: boolean
  /** Releases threads and sessions. */
  close?(): Promise<void>
}
