const LENGTHS = 8
const MAX_BYTES = 128 * 1024 * 1024

export interface Frame {
  readonly header: Record<string, unknown>
  readonly body: Buffer
}

/** Two big-endian 32-bit lengths, a header in JSON, and a body: the messages of `serve.py`. */
export function writeFrame(header: object, body: Uint8Array = new Uint8Array()): Uint8Array[] {
  const head = Buffer.from(JSON.stringify(header))
  const lengths = Buffer.alloc(LENGTHS)
  lengths.writeUInt32BE(head.byteLength, 0)
  lengths.writeUInt32BE(body.byteLength, 4)
  return [Buffer.concat([lengths, head]), body]
}

/** Splits the output of a process into frames. */
export class FrameReader {
  #chunks: Buffer[] = []
  #size = 0

  /** @throws Error for malformed frames: the process is not trusted */
  read(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk)
    this.#size += chunk.byteLength
    const frames: Frame[] = []
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame)
    return frames
  }

  #next(): Frame | undefined {
    const lengths = this.#peek(LENGTHS)
    if (!lengths) return undefined
    const [head, body] = [lengths.readUInt32BE(0), lengths.readUInt32BE(4)]
    if (head + body > MAX_BYTES) throw new Error('its response is too large')
    const bytes = this.#peek(LENGTHS + head + body)
    if (!bytes) return undefined
    this.#chunks = [bytes.subarray(LENGTHS + head + body)]
    this.#size -= LENGTHS + head + body
    return {
      header: headerOf(bytes.subarray(LENGTHS, LENGTHS + head)),
      body: bytes.subarray(LENGTHS + head, LENGTHS + head + body),
    }
  }

  /** The first bytes, if enough have arrived. Joining the chunks each time would be quadratic. */
  #peek(length: number): Buffer | undefined {
    if (this.#size < length) return undefined
    if (this.#chunks[0]!.byteLength < length) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0]
  }
}

function headerOf(bytes: Buffer): Record<string, unknown> {
  const value: unknown = JSON.parse(bytes.toString())
  if (typeof value !== 'object' || value === null) throw new Error('its response is malformed')
  return value as Record<string, unknown>
}
