/** Larger chunks are kept as they are. */
const LARGE_BYTES = 16 * 1024
const TAIL_BYTES = 64 * 1024

/**
 * The body of a request in the chunks that arrived. Small ones are joined: a client may send millions, of which each costs a
 * hundred bytes.
 */
export class ReceivedBytes {
  readonly #chunks: Uint8Array[] = []
  #tail: Buffer | undefined
  #tailLength = 0
  #bytes: Uint8Array | undefined
  #byteLength = 0

  get byteLength(): number {
    return this.#byteLength
  }

  get chunks(): readonly Uint8Array[] {
    this.#endTail()
    return this.#bytes ? [this.#bytes] : this.#chunks
  }

  /** Joins the chunks at the first call: large bodies that arrive together would block the event loop. */
  get bytes(): Uint8Array {
    this.#bytes ??= this.chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
    return this.#bytes
  }

  add(chunk: Uint8Array): void {
    const { byteLength } = chunk
    this.#byteLength += byteLength
    if (byteLength >= LARGE_BYTES || this.#chunks.length === 0) {
      this.#endTail()
      this.#chunks.push(chunk)
      return
    }
    if (this.#tailLength + byteLength > TAIL_BYTES) this.#endTail()
    this.#tail ??= Buffer.allocUnsafeSlow(TAIL_BYTES)
    this.#tail.set(chunk, this.#tailLength)
    this.#tailLength += byteLength
  }

  #endTail() {
    if (!this.#tail) return
    // A copy, so that a short tail does not keep its whole buffer.
    this.#chunks.push(Uint8Array.prototype.slice.call(this.#tail, 0, this.#tailLength))
    this.#tail = undefined
    this.#tailLength = 0
  }
}
