import type { SharedLayout } from './shared-layout.js'

/** A pool of histograms in shared memory, kept so that a sibling's histogram can be computed by subtraction. */
export class HistogramPool {
  readonly #free: number[]

  constructor({ histograms, maxHistograms, features }: SharedLayout, slots: number) {
    const bytes = features * slots * 16
    this.#free = Array.from({ length: maxHistograms }, (_, at) => histograms + at * bytes).reverse()
  }

  get free(): number {
    return this.#free.length
  }

  take(): number {
    const pointer = this.#free.pop()
    if (pointer === undefined) throw new Error('no histogram is free')
    return pointer
  }

  release(pointer: number): void {
    this.#free.push(pointer)
  }
}
