import { EventEmitter } from 'node:events'

/**
 * Rung after a transaction that may have given somebody in this process something to do. Only saves waiting: other
 * processes poll, and a ring that is missed loses nothing.
 */
export class Bell {
  readonly #emitter = new EventEmitter().setMaxListeners(0)

  ring(): void {
    this.#emitter.emit('ring')
  }

  /** @returns the function that takes it back */
  listen(hear: () => void): () => void {
    this.#emitter.on('ring', hear)
    return () => void this.#emitter.off('ring', hear)
  }
}
