const INITIAL_BYTES = 64 * 1024
/** A UTF-16 unit is at most three bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3

/** The rows of one table that are not written yet, as bytes: objects that live until the next write would burden the garbage collector. */
export class RowBuffer {
  #bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES)
  #length = 0
  rows = 0
  /** The sum of the sizes of the queries. */
  size = 0

  /** @param size of the query */
  add(line: string, size: number): void {
    const needed = this.#length + line.length * MAX_BYTES_PER_UNIT
    if (needed > this.#bytes.length) this.#grow(needed)
    this.#length += this.#bytes.write(line, this.#length)
    this.rows++
    this.size += size
  }

  /** Valid until the next `add` after `clear`. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Keeps the memory for the next rows, unless it has grown unusually large. */
  clear(): void {
    if (this.#bytes.length > 16 * INITIAL_BYTES) this.#bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES)
    this.#length = 0
    this.rows = 0
    this.size = 0
  }

  #grow(needed: number) {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
