const VARINT = 0
const LENGTH = 2
const FIXED32 = 5

const utf8 = new TextEncoder()

/** Writes one Protocol Buffers message; fields are in call order. */
export class Message {
  readonly #parts: Uint8Array[] = []

  int(field: number, value: number | bigint): this {
    return this.#key(field, VARINT).#varint(value)
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setFloat32(0, value, true)
    return this.#key(field, FIXED32).#append(bytes)
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#key(field, LENGTH).#varint(value.length).#append(value)
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value))
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.encode())
  }

  encode(): Uint8Array {
    const out = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of this.#parts) {
      out.set(part, at)
      at += part.length
    }
    return out
  }

  #key(field: number, wire: number): this {
    return this.#varint((field << 3) | wire)
  }

  /** Negative numbers take ten bytes: 64-bit two's complement. */
  #varint(value: number | bigint): this {
    let rest = BigInt.asUintN(64, BigInt(value))
    const bytes: number[] = []
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128)
      rest >>= 7n
    }
    bytes.push(Number(rest))
    return this.#append(Uint8Array.from(bytes))
  }

  #append(part: Uint8Array): this {
    this.#parts.push(part)
    return this
  }
}
