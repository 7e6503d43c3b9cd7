import { newUuid } from '../host/uuid.js'
import type { Content } from '../transport.js'
import { encodePng, type Pixels } from './png.js'
import { decodePng } from './png-decode.js'
import { encodeWebp } from './webp.js'

/** A PNG, as bytes or a Blob, or pixels: four bytes each (an `ImageData` of a canvas), three, or one for grey. */
export type Image = Uint8Array | Blob | Pixels

export interface ImageOptions {
  /** Names the series: letters, digits, `_-./` and spaces. */
  readonly key: string
  /** Default 0. */
  readonly step?: number
  /** Milliseconds since the epoch, default now. */
  readonly timestamp?: number
}

/** The tag that has MLflow's UI look for images. */
export const LOGGED_IMAGES = 'mlflow.loggedImages'

/** Longer side of the small copy, as in `mlflow.log_image`. */
const SMALL = 256

/** The files of an image by their path, as `mlflow.log_image` names them. */
export async function imageFiles(
  image: Image,
  where: string | ImageOptions,
): Promise<Record<string, Content>> {
  const png = isPixels(image) ? await encodePng(image) : image
  if (typeof where === 'string') return { [where]: png }
  const { key, step = 0, timestamp = Date.now() } = where
  if (!/^[a-zA-Z0-9_\-./ ]+$/.test(key))
    throw new TypeError(`An image's key has letters, digits, spaces and _ - . / only, not '${key}'`)
  const name = `images/${key.replaceAll('/', '~')}+step+${step}+timestamp+${timestamp}+${newUuid()}`
  const pixels = isPixels(image) ? image : await decode(image)
  return {
    [`${name}.png`]: png,
    ...(pixels && { [`${name}+compressed.webp`]: encodeWebp(shrink(pixels)) }),
  }
}

const isPixels = (image: Image): image is Pixels => 'width' in image

/** Browsers read every picture; elsewhere a rare kind of PNG has no small copy. */
async function decode(image: Uint8Array | Blob): Promise<Pixels | undefined> {
  const blob = image instanceof Blob ? image : new Blob([image as BlobPart])
  if (typeof createImageBitmap === 'undefined' || typeof OffscreenCanvas === 'undefined')
    return decodePng(new Uint8Array(await blob.arrayBuffer()))
  const bitmap = await createImageBitmap(blob)
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!
  context.drawImage(bitmap, 0, 0)
  return context.getImageData(0, 0, bitmap.width, bitmap.height)
}

/** The mean of the pixels that fall on each of at most 256 × 256; a smaller image stays as it is. */
export function shrink(image: Pixels): Pixels {
  const scale = SMALL / Math.max(image.width, image.height)
  if (scale >= 1) return image
  const width = Math.max(1, Math.floor(image.width * scale))
  const height = Math.max(1, Math.floor(image.height * scale))
  const channels = image.data.length / (image.width * image.height)
  const data = new Uint8Array(width * height * channels)
  for (let y = 0; y < height; y++) {
    const rows = span(y, height, image.height)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels
      meanInto(data, at, image, channels, rows, span(x, width, image.width))
    }
  }
  return { width, height, data }
}

type Span = readonly [from: number, to: number]

const span = (i: number, count: number, of: number): Span => {
  const from = Math.floor((i * of) / count)
  return [from, Math.max(from + 1, Math.floor(((i + 1) * of) / count))]
}

function meanInto(out: Uint8Array, at: number, image: Pixels, channels: number, rows: Span, columns: Span) {
  const count = (rows[1] - rows[0]) * (columns[1] - columns[0])
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0
    for (let y = rows[0]; y < rows[1]; y++)
      for (let x = columns[0]; x < columns[1]; x++)
        sum += image.data[(y * image.width + x) * channels + channel]!
    out[at + channel] = Math.round(sum / count)
  }
}
