/** Work that must not overlap, one piece after the other; a piece that fails does not stop the next. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** Until all that was asked for is done. */
  async end(): Promise<void> {
    await this.#last
  }
}
