/**
 * What a recommender knows, as a function of a history alone. Training measures a model through it and serving answers
 * through it, so that what was measured is what is served.
 */
export interface HistoryScorer {
  /** Rows of the item table. */
  readonly items: number
  /**
   * Scores every item for each history (item rows, oldest first, never empty, of any length, repeats as they came: a
   * model of sets counts them once). `into` is histories × items, row-major; −Infinity where the model can say nothing.
   * Histories do not influence each other. Callers wait for one scoring before they ask for the next.
   */
  score(histories: readonly Int32Array[], into: Float32Array): Promise<void> | void
  /** Frees threads and sessions. */
  close?(): Promise<void>
}
