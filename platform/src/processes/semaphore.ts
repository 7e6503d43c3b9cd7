/** Limits concurrent work. Waiting calls run in the order in which they came. */
export class Semaphore {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(permits: number) {
    this.#free = permits
  }

  /** @param signal ends the wait, not the work. @throws its reason */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    if (this.#free > 0) this.#free--
    else await this.#wait(signal)
    try {
      return await work()
    } finally {
      const [next] = this.#waiting
      if (next) next()
      else this.#free++
    }
  }

  #wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(enter)
        signal?.removeEventListener('abort', stop)
      }
      const enter = () => {
        leave()
        resolve()
      }
      const stop = () => {
        leave()
        reject(signal!.reason)
      }
      this.#waiting.add(enter)
      signal?.addEventListener('abort', stop)
    })
  }
}
