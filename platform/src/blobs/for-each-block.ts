import { releaseBuffer } from './release-buffer.js'

/** The initial size of the first block, which is small because most bodies are short. */
const FIRST_BYTES = 64 * 1024

interface BlockOptions {
  /** Size of every block but the last. */
  readonly bytes: number
  /** The number of blocks in memory. One is filled while the others are processed. */
  readonly count: number
}

type ProcessBlock = (block: Uint8Array, position: number) => Promise<unknown>

/**
 * Groups the small chunks of a body into blocks and passes them to `work`. Blocks are reused, so a block is valid only until
 * its work resolves. Resolves when all work is done. The first failure stops the reading.
 */
export async function forEachBlock(
  body: AsyncIterable<Uint8Array | string>,
  options: BlockOptions,
  work: ProcessBlock,
): Promise<void> {
  const blocks = new BlockWriter(options, work)
  try {
    for await (const chunk of body) await blocks.take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    blocks.handOn()
  } finally {
    await blocks.settle()
  }
  blocks.end()
}

class BlockWriter {
  readonly #bytes: number
  readonly #count: number
  readonly #work: ProcessBlock
  readonly #spare: Uint8Array[] = []
  readonly #running = new Set<Promise<void>>()
  #filling: Uint8Array | undefined
  #filled = 0
  #made = 0
  #position = 0
  #failure: { readonly reason: unknown } | undefined

  constructor({ bytes, count }: BlockOptions, work: ProcessBlock) {
    this.#bytes = bytes
    this.#count = count
    this.#work = work
  }

  async take(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const block = this.#filling ?? (await this.#next())
      const part = chunk.subarray(at, at + block.length - this.#filled)
      block.set(part, this.#filled)
      this.#filled += part.length
      at += part.length
      if (this.#filled < block.length) continue
      if (block.length < this.#bytes) this.#grow(block)
      else this.handOn()
    }
  }

  handOn(): void {
    const block = this.#filling
    if (!block) return
    const part = block.subarray(0, this.#filled)
    const done: Promise<void> = this.#work(part, this.#position)
      .catch((reason) => {
        this.#failure ??= { reason }
      })
      .then(() => {
        this.#running.delete(done)
        this.#spare.push(block)
      })
    this.#running.add(done)
    this.#position += part.length
    this.#filling = undefined
    this.#filled = 0
  }

  settle(): Promise<unknown> {
    return Promise.all(this.#running)
  }

  /** Releases the blocks, unless work has failed, which may still read them. @throws the first failure */
  end(): void {
    if (this.#failure) throw this.#failure.reason
    for (const block of this.#spare) releaseBuffer(block)
  }

  async #next(): Promise<Uint8Array> {
    while (!this.#failure && this.#spare.length === 0 && this.#made === this.#count)
      await Promise.race(this.#running)
    if (this.#failure) throw this.#failure.reason
    this.#filling = this.#spare.pop() ?? this.#make()
    return this.#filling
  }

  #make(): Uint8Array {
    return Buffer.allocUnsafeSlow(this.#made++ === 0 ? Math.min(FIRST_BYTES, this.#bytes) : this.#bytes)
  }

  #grow(block: Uint8Array): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#bytes, 4 * block.length))
    larger.set(block)
    releaseBuffer(block)
    this.#filling = larger
  }
}
