import { randomStream } from '@cairn/platform/statistics/random'

/** Masks start at multiples of a cache line. */
const ALIGNMENT = 16

/**
 * Dropout masks as windows into one long random array of 0 and 1 / keep, so that a mask costs only the choice of its start
 * instead of millions of random numbers per step.
 */
export class DropoutPool {
  readonly #rate: number
  #pool: Float32Array = new Float32Array(0)
  #seed: number | undefined

  constructor(rate: number) {
    this.#rate = rate
  }

  /** Windows of the given sizes. `pool` seeds the random array, `windows` the starts of the windows. */
  masks(sizes: readonly number[], { pool, windows }: { pool: number; windows: number }): Float32Array[] {
    const size = 4 * Math.max(...sizes)
    if (this.#seed !== pool || this.#pool.length < size) this.#fill(Math.max(size, this.#pool.length), pool)
    const random = randomStream(windows)
    return sizes.map((length) => {
      const start = Math.floor((random() * (size - length)) / ALIGNMENT) * ALIGNMENT
      return this.#pool.subarray(start, start + length)
    })
  }

  /** A longer pool starts with the shorter pool of the same seed, so masks do not depend on earlier calls. */
  #fill(size: number, seed: number): void {
    const random = randomStream(seed)
    const kept = 1 / (1 - this.#rate)
    if (this.#pool.length < size) this.#pool = new Float32Array(size)
    for (let at = 0; at < this.#pool.length; at++) this.#pool[at] = random() < this.#rate ? 0 : kept
    this.#seed = seed
  }
}
