import type { Content } from '../transport.js'
import { newUuid } from '../uuid.js'
import { encodePng, type Pixels } from './png.js'
import { decodePng } from './png-decode.js'
import { encodeWebp } from './webp.js'

/** A PNG as bytes or a Blob, or pixels of four bytes (a canvas `ImageData`), three, or one (grey). */
export type Image = Uint8Array | Blob | Pixels

export interface ImageOptions {
  /** Names the series: letters, digits, `_-./` and spaces. */
  readonly key: string
  /** Default 0. */
  readonly step?: number
  /** Milliseconds since the epoch, default now. */
  readonly timestamp?: number
}

/** Tag that makes MLflow's UI look for images. */
export const LOGGED_IMAGES_TAG = 'mlflow.loggedImages'

/** Longer side of a thumbnail, as in `mlflow.log_image`. */
const THUMBNAIL_SIZE = 256

/** Returns the files of an image by path, named like those of `mlflow.log_image`. */
export async function imageFiles(
  image: Image,
  target: string | ImageOptions,
): Promise<Record<string, Content>> {
  const png = isPixels(image) ? await encodePng(image) : image
  if (typeof target === 'string') return { [target]: png }
  const { key, step = 0, timestamp = Date.now() } = target
  if (!/^[a-zA-Z0-9_\-./ ]+$/.test(key))
    throw new TypeError(`An image key may contain only letters, digits, spaces and _ - . /, got '${key}'`)
  const name = `images/${key.replaceAll('/', '~')}+step+${step}+timestamp+${timestamp}+${newUuid()}`
  const pixels = isPixels(image) ? image : await decode(image)
  return {
    [`${name}.png`]: png,
    ...(pixels && { [`${name}+compressed.webp`]: encodeWebp(shrinkToThumbnail(pixels)) }),
  }
}

const isPixels = (image: Image): image is Pixels => 'width' in image

/** Browsers decode every image; in Node, rare kinds of PNG get no thumbnail. */
async function decode(image: Uint8Array | Blob): Promise<Pixels | undefined> {
  const blob = image instanceof Blob ? image : new Blob([image as BlobPart])
  if (typeof createImageBitmap === 'undefined' || typeof OffscreenCanvas === 'undefined')
    return decodePng(new Uint8Array(await blob.arrayBuffer()))
  const bitmap = await createImageBitmap(blob)
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!
  context.drawImage(bitmap, 0, 0)
  return context.getImageData(0, 0, bitmap.width, bitmap.height)
}

/** Averages pixels to fit into 256 × 256; a smaller image is returned unchanged. */
export function shrinkToThumbnail(image: Pixels): Pixels {
  const scale = THUMBNAIL_SIZE / Math.max(image.width, image.height)
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

const span = (i: number, count: number, length: number): Span => {
  const from = Math.floor((i * length) / count)
  return [from, Math.max(from + 1, Math.floor(((i + 1) * length) / count))]
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
