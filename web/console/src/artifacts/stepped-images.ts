import { parseImageName } from './image-name.js'
import { baseName } from './viewer-kind.js'

/** The images of one key at a step. */
export interface SteppedImage {
  readonly step: number
  readonly timestamp: number
  readonly path: string
}

/** Other files of such names are not shown as images. */
const SHOWN = /\.(png|webp|jpe?g|gif)$/

/**
 * Finds the images that MLflow's `log_image` wrote. Of an image and its compressed copy, the image is kept.
 *
 * @returns by key, sorted by step and time
 */
export function steppedImages(paths: readonly string[]): ReadonlyMap<string, readonly SteppedImage[]> {
  const found = new Map<string, Map<string, SteppedImage>>()
  for (const path of paths) {
    const name = SHOWN.test(path) ? parseImageName(baseName(path)) : undefined
    if (!name) continue
    const { step, timestamp } = name
    const key = name.key.replaceAll('#', '/')
    const images = found.get(key) ?? new Map<string, SteppedImage>()
    found.set(key, images)
    const of = `${step} ${timestamp} ${name.id}`
    if (!name.isCopy || !images.has(of)) images.set(of, { step, timestamp, path })
  }
  const order = (a: SteppedImage, b: SteppedImage) => a.step - b.step || a.timestamp - b.timestamp
  return new Map([...found].map(([key, images]) => [key, [...images.values()].sort(order)]))
}
