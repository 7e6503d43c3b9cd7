import { EventEmitter } from 'node:events'

/**
 * Wakes the loops of this process after a transaction that may have created work for them. It only shortens their wait: every
 * process polls, so a missed notification loses nothing.
 */
export class Wakeup {
  readonly #emitter = new EventEmitter().setMaxListeners(0)

  notify(): void {
    this.#emitter.emit('work')
  }

  /** @returns a function that unsubscribes */
  subscribe(listener: () => void): () => void {
    this.#emitter.on('work', listener)
    return () => void this.#emitter.off('work', listener)
  }
}
