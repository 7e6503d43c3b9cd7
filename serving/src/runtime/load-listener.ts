/** Receives how the loading of a model goes, and what a loaded model prints. */
export interface LoadListener {
  /** A step of loading, for the build log. */
  onStep(sentence: string): Promise<void>
  /** A line that the model has printed. */
  onLine(line: string): void
}

export const NO_LISTENER: LoadListener = { onStep: async () => undefined, onLine: () => undefined }
