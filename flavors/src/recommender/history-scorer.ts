/**
 * A model as a function from histories to item scores. Evaluation and serving both use it, so that the evaluated model
 * is the one that is served.
 */
export interface HistoryScorer {
  /** Rows of the item table. */
  readonly items: number
  /**
   * Scores every item for each history: item rows, oldest first, never empty, of any length, repeats included (models
   * of sets count them once). `into` is histories × items, row-major; −Infinity for items that the model cannot score.
   * Histories do not influence each other. Not re-entrant: callers wait for one call before the next.
   */
  score(histories: readonly Int32Array[], into: Float32Array): Promise<void> | void
  /** Frees threads and sessions. */
  close?(): Promise<void>
}
