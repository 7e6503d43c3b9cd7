/** Rows of pixels from the top left, four bytes each (RGBA), three (RGB) or one (grey). */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array | Uint8ClampedArray
}

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10)
/** PNG colour type by number of channels. */
const COLOUR: Readonly<Record<number, number>> = { 1: 0, 3: 2, 4: 6 }

/** Returns the number of bytes per pixel. @throws TypeError if the data does not match the size */
export function channelsOf({ width, height, data }: Pixels): 1 | 3 | 4 {
  const channels = data.length / (width * height)
  if (channels !== 1 && channels !== 3 && channels !== 4)
    throw new TypeError(
      `${data.length} bytes do not match an image of ${width} × ${height} with 1, 3 or 4 bytes per pixel`,
    )
  return channels
}

/** Encodes a PNG with 8 bits per channel; rows are stored as differences from the row above (filter 2). */
export async function encodePng(image: Pixels): Promise<Uint8Array> {
  const { width, height, data } = image
  const channels = channelsOf(image)
  const stride = width * channels
  const raw = new Uint8Array((stride + 1) * height)
  for (let y = 0; y < height; y++) {
    raw[y * (stride + 1)] = 2
    for (let i = 0; i < stride; i++) {
      const above = y === 0 ? 0 : data[(y - 1) * stride + i]!
      raw[y * (stride + 1) + 1 + i] = data[y * stride + i]! - above
    }
  }
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, COLOUR[channels]!], 8)
  const parts = [SIGNATURE, chunk('IHDR', header), chunk('IDAT', await deflate(raw)), chunk('IEND')]
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer())
}

/** Compresses in zlib format, as PNG requires. */
async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream('deflate'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}

function chunk(name: string, content: Uint8Array = new Uint8Array()): Uint8Array {
  const bytes = new Uint8Array(12 + content.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, content.length)
  bytes.set(new TextEncoder().encode(name), 4)
  bytes.set(content, 8)
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)))
  return bytes
}

function crc32(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
