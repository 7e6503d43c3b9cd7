import { setImmediate as nextTurn } from 'node:timers/promises'

const SLICE_MS = 10

/** Long work pauses at the end of each slice, so that the thread can receive other requests. */
export class TimeSlice {
  #end = performance.now() + SLICE_MS

  get isOver(): boolean {
    return performance.now() >= this.#end
  }

  /** Yields to the event loop if the slice is over, then starts the next one. */
  async pause(): Promise<void> {
    if (!this.isOver) return
    await nextTurn()
    this.#end = performance.now() + SLICE_MS
  }
}
