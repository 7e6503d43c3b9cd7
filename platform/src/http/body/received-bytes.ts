/** The length from which chunks are kept as they are. */
const LARGE_BYTES = 16 * 1024
const TAIL_BYTES = 64 * 1024

/** The body of a request in chunks. Small chunks are joined, because each of millions would cost a hundred bytes. */
export class ReceivedBytes {
  readonly #chunks: Uint8Array[] = []
  #tail: Buffer | undefined
  #tailLength = 0
  #bytes: Buffer | undefined
  byteLength = 0

  get chunks(): readonly Uint8Array[] {
    this.#endTail()
    return this.#chunks
  }

  /** The chunks, joined at the first use, because large bodies that arrive together would block the event loop. */
  get bytes(): Buffer {
    this.#bytes ??= join(this.chunks)
    return this.#bytes
  }

  add(chunk: Uint8Array): void {
    const { byteLength } = chunk
    this.byteLength += byteLength
    const isKept = byteLength >= LARGE_BYTES || this.#chunks.length === 0
    if (isKept || this.#tailLength + byteLength > TAIL_BYTES) this.#endTail()
    if (isKept) {
      this.#chunks.push(chunk)
      return
    }
    this.#tail ??= Buffer.allocUnsafeSlow(TAIL_BYTES)
    this.#tail.set(chunk, this.#tailLength)
    this.#tailLength += byteLength
  }

  #endTail() {
    if (!this.#tail) return
    this.#chunks.push(new Uint8Array(this.#tail.subarray(0, this.#tailLength))) // a copy, without the unused rest
    this.#tail = undefined
    this.#tailLength = 0
  }
}

function join(chunks: readonly Uint8Array[]): Buffer {
  const { buffer, byteOffset, byteLength } = chunks[0] ?? Buffer.alloc(0)
  return chunks.length > 1 ? Buffer.concat(chunks) : Buffer.from(buffer, byteOffset, byteLength)
}
