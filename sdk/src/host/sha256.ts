const ROUND = fractions(64, 3)
const START = fractions(8, 2)

/** Incremental SHA-256 (FIPS 180-4). `crypto.subtle.digest` needs the whole input in memory. */
export class Sha256 {
  readonly #state = Uint32Array.from(START)
  readonly #block = new Uint8Array(64)
  readonly #words = new Uint32Array(64)
  #filled = 0
  #bytes = 0

  update(bytes: Uint8Array): this {
    this.#bytes += bytes.length
    for (let read = 0; read < bytes.length; ) {
      const chunk = bytes.subarray(read, read + 64 - this.#filled)
      this.#block.set(chunk, this.#filled)
      this.#filled += chunk.length
      read += chunk.length
      if (this.#filled === 64) this.#compress()
    }
    return this
  }

  /** Returns the digest in hex. `update` must not be called afterwards. */
  digest(): string {
    const bytes = this.#bytes
    const padding = new Uint8Array(((119 - (bytes % 64)) % 64) + 1)
    padding[0] = 0x80
    const length = new Uint8Array(8)
    new DataView(length.buffer).setBigUint64(0, BigInt(bytes) * 8n)
    this.update(padding).update(length)
    return Array.from(this.#state, (word) => word.toString(16).padStart(8, '0')).join('')
  }

  #compress(): void {
    const words = this.#words
    const view = new DataView(this.#block.buffer)
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(i * 4)
    for (let i = 16; i < 64; i++) {
      const near = words[i - 2]!
      const far = words[i - 15]!
      const s1 = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10)
      const s0 = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3)
      words[i] = words[i - 16]! + s0 + words[i - 7]! + s1
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = this.#state
    for (let i = 0; i < 64; i++) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[i]! + words[i]!) | 0
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0]
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) this.#state[i]! += value
    this.#filled = 0
  }
}

const rotate = (word: number, by: number) => (word >>> by) | (word << (32 - by))

/** Returns the first 32 bits of the fractional parts of the square or cube roots of the first primes. */
function fractions(count: number, root: 2 | 3): Uint32Array {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  const roots = primes.map((prime) => (root === 2 ? Math.sqrt(prime) : Math.cbrt(prime)))
  return Uint32Array.from(roots, (value) => Math.floor((value % 1) * 2 ** 32))
}
