import type { Pixels } from './png.js'

/** Number of channels by PNG colour type; a palette image has one byte of index. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** Decodes a non-interlaced PNG with 8 bits per channel; undefined for other and for corrupt images. */
export async function decodePng(bytes: Uint8Array): Promise<Pixels | undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 45 || view.getUint32(0) !== 0x89504e47) return undefined
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  const [depth, colour, , , interlaced] = bytes.subarray(24, 29)
  const channels = CHANNELS[colour!]
  if (depth !== 8 || interlaced !== 0 || !channels) return undefined
  const chunks = chunksOf(bytes, view)
  const stride = width * channels
  const raw = await inflate(chunks.IDAT ?? []).catch(() => undefined)
  if (raw?.length !== (stride + 1) * height) return undefined
  const data = unfilter(raw, stride, channels)
  if (colour === 3) return { width, height, data: applyPalette(data, chunks) }
  return { width, height, data: channels === 2 ? greyToRgba(data) : data }
}

function chunksOf(bytes: Uint8Array, view: DataView): Record<string, Uint8Array[]> {
  const chunks: Record<string, Uint8Array[]> = {}
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    chunks[name] = [...(chunks[name] ?? []), bytes.subarray(at + 8, at + 8 + length)]
    at += 12 + length
  }
  return chunks
}

async function inflate(chunks: Uint8Array[]): Promise<Uint8Array> {
  const stream = new Blob(chunks as BlobPart[]).stream().pipeThrough(new DecompressionStream('deflate'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** Reverses the filter named in the first byte of each row (PNG §9). */
function unfilter(raw: Uint8Array, stride: number, channels: number): Uint8Array {
  const rows = raw.length / (stride + 1)
  const out = new Uint8Array(rows * stride)
  for (let y = 0; y < rows; y++) {
    const filter = raw[y * (stride + 1)]!
    for (let i = 0; i < stride; i++) {
      const at = y * stride + i
      const left = i >= channels ? out[at - channels]! : 0
      const above = y > 0 ? out[at - stride]! : 0
      const corner = y > 0 && i >= channels ? out[at - stride - channels]! : 0
      out[at] = raw[y * (stride + 1) + 1 + i]! + predicted(filter, left, above, corner)
    }
  }
  return out
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return above
  if (filter === 3) return (left + above) >> 1
  if (filter !== 4) return 0
  const [toLeft, toAbove, toCorner] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs)
  if (toLeft! <= toAbove! && toLeft! <= toCorner!) return left
  return toAbove! <= toCorner! ? above : corner
}

function applyPalette(indices: Uint8Array, chunks: Record<string, Uint8Array[]>): Uint8Array {
  const palette = chunks.PLTE?.[0] ?? new Uint8Array()
  const opacity = chunks.tRNS?.[0] ?? new Uint8Array()
  const out = new Uint8Array(indices.length * 4)
  for (const [i, index] of indices.entries()) {
    out.set(palette.subarray(index * 3, index * 3 + 3), i * 4)
    out[i * 4 + 3] = opacity[index] ?? 255
  }
  return out
}

function greyToRgba(pairs: Uint8Array): Uint8Array {
  const out = new Uint8Array(pairs.length * 2)
  for (let i = 0; i < pairs.length / 2; i++) {
    const grey = pairs[i * 2]!
    out.set([grey, grey, grey, pairs[i * 2 + 1]!], i * 4)
  }
  return out
}
