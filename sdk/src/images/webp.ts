import { channelsOf, type Pixels } from './png.js'
import { type PrefixCode, prefixCode } from './prefix-code.js'

/**
 * Encodes lossless WebP (RFC 9649, VP8L) with the transforms that help small images most: subtract green, predictor
 * (`Select`) and Huffman codes. Node and some browsers cannot write WebP.
 */
export function encodeWebp(image: Pixels): Uint8Array {
  const { width, height } = image
  const residuals = predict(subtractGreen(toArgb(image)), width)
  const bits = new BitWriter()
  bits.write(0x2f, 8)
  bits.write(width - 1, 14)
  bits.write(height - 1, 14)
  bits.write(channelsOf(image) === 4 ? 1 : 0, 1)
  bits.write(0, 3) // version
  bits.write(1, 1) // a transform follows:
  bits.write(2, 2) // subtract green
  bits.write(1, 1)
  bits.write(0, 2) // predictor, in blocks of 512 × 512, so the same one for the whole image
  bits.write(7, 3)
  writePixels(bits, Uint8Array.of(0, SELECT, 0, 255), false)
  bits.write(0, 1) // no further transform
  writePixels(bits, residuals, true)
  return container(bits.bytes())
}

const SELECT = 11
/** Coding order of the channels; pixels here are bytes of red, green, blue, alpha. */
const CHANNELS = [1, 0, 2, 3] as const

function writePixels(bits: BitWriter, pixels: Uint8Array, main: boolean): void {
  bits.write(0, 1) // no colour cache
  if (main) bits.write(0, 1) // one group of codes
  const codes = CHANNELS.map((channel, i) => {
    // Green's alphabet also has copy lengths, which are unused here.
    const counts = new Uint32Array(i === 0 ? 280 : 256)
    for (let at = channel; at < pixels.length; at += 4) counts[pixels[at]!]!++
    return writeCode(bits, prefixCode(counts))
  })
  writeCode(bits, prefixCode(new Uint32Array(40)))
  for (let at = 0; at < pixels.length; at += 4)
    for (const [i, channel] of CHANNELS.entries()) {
      const { codes: words, lengths } = codes[i]!
      const value = pixels[at + channel]!
      bits.write(words[value]!, lengths[value]!)
    }
}

/** A code of one symbol takes no bits; others are written as code lengths, four bits each. */
function writeCode(bits: BitWriter, code: PrefixCode): PrefixCode {
  if (code.single !== undefined) {
    bits.write(0b101, 3)
    bits.write(code.single, 8)
    return code
  }
  bits.write(0, 1)
  bits.write(15, 4) // all 19 lengths of the code for lengths, in the order 17, 18, 0 … 5, 16, 6 … 15
  for (let i = 0; i < 19; i++) bits.write(i < 2 || i === 8 ? 0 : 4, 3)
  bits.write(0, 1) // for the whole alphabet
  for (const length of code.lengths) bits.write(reverse4(length), 4)
  return code
}

const reverse4 = (n: number) => ((n & 1) << 3) | ((n & 2) << 1) | ((n & 4) >> 1) | ((n & 8) >> 3)

function toArgb(image: Pixels): Uint8Array {
  const channels = channelsOf(image)
  const count = image.width * image.height
  const out = new Uint8Array(count * 4)
  for (let i = 0; i < count; i++) {
    const at = i * channels
    const [red, green, blue] = channels === 1 ? [at, at, at] : [at, at + 1, at + 2]
    out[i * 4] = image.data[red]!
    out[i * 4 + 1] = image.data[green]!
    out[i * 4 + 2] = image.data[blue]!
    out[i * 4 + 3] = channels === 4 ? image.data[at + 3]! : 255
  }
  return out
}

function subtractGreen(pixels: Uint8Array): Uint8Array {
  for (let at = 0; at < pixels.length; at += 4) {
    const green = pixels[at + 1]!
    pixels[at]! -= green
    pixels[at + 2]! -= green
  }
  return pixels
}

/** Predictor 11 of RFC 9649 §4.1; black for the first pixel, the left one in the first row, the upper one in the first column. */
function predict(pixels: Uint8Array, width: number): Uint8Array {
  const out = Uint8Array.from(pixels)
  const stride = width * 4
  out[3]! -= 255
  for (let at = 4; at < pixels.length; at += 4) {
    const from = at < stride ? at - 4 : at % stride === 0 ? at - stride : select(pixels, at, stride)
    for (let channel = 0; channel < 4; channel++) out[at + channel]! -= pixels[from + channel]!
  }
  return out
}

/** Selects the left or the upper neighbour, whichever is nearer to left + upper − upper left. */
function select(pixels: Uint8Array, at: number, stride: number): number {
  let toLeft = 0
  let toUpper = 0
  for (let channel = 0; channel < 4; channel++) {
    const left = pixels[at - 4 + channel]!
    const upper = pixels[at - stride + channel]!
    const corner = pixels[at - stride - 4 + channel]!
    toLeft += Math.abs(upper - corner)
    toUpper += Math.abs(left - corner)
  }
  return toLeft < toUpper ? at - 4 : at - stride
}

function container(payload: Uint8Array): Uint8Array {
  const padded = payload.length + (payload.length & 1)
  const out = new Uint8Array(20 + padded)
  const view = new DataView(out.buffer)
  out.set(new TextEncoder().encode('RIFF....WEBPVP8L'))
  view.setUint32(4, 12 + padded, true)
  view.setUint32(16, payload.length, true)
  out.set(payload, 20)
  return out
}

/** Least significant bit first. */
class BitWriter {
  readonly #bytes: number[] = []
  #pending = 0
  #count = 0

  write(value: number, count: number): void {
    this.#pending |= value << this.#count
    this.#count += count
    for (; this.#count >= 8; this.#count -= 8) {
      this.#bytes.push(this.#pending & 255)
      this.#pending >>>= 8
    }
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#count > 0 ? [...this.#bytes, this.#pending & 255] : this.#bytes)
  }
}
