/** Runs tasks one after the other; a failed task does not stop the next one. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task)
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Resolves when every task queued so far has settled. */
  async drain(): Promise<void> {
    await this.#last
  }
}
