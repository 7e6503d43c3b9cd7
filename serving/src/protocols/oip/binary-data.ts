import { invalid } from '@cairn/platform/errors'

/** The bytes after the JSON of a request with the binary tensor extension; inputs take theirs in order. */
export class BinaryData {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** @throws INVALID_PARAMETER_VALUE */
  take(size: number, name: string): DataView {
    const { buffer, byteOffset, byteLength } = this.#bytes
    if (size > byteLength - this.#at) throw invalid(`The binary data of input '${name}' is incomplete.`)
    const view = new DataView(buffer, byteOffset + this.#at, size)
    this.#at += size
    return view
  }

  /** @throws INVALID_PARAMETER_VALUE when bytes are left that belong to no input */
  end(): void {
    if (this.#at < this.#bytes.byteLength) throw invalid('The binary data is longer than the inputs declare.')
  }
}
