import { baseName } from './viewer-kind.js'

/** The images of one key at a step. */
export interface SteppedImage {
  readonly step: number
  readonly timestamp: number
  readonly path: string
}

const NAME = /^(.+)([+%])step\2(\d+)\2timestamp\2(\d+)\2([^.]+?)(\2compressed)?\.(png|webp|jpe?g|gif)$/

/**
 * Reads the names that MLflow's `log_image` writes: `KEY+step+N+timestamp+T+UUID.png`, with `%` instead of `+` before
 * MLflow 3. Of an image and its compressed copy, the image is kept.
 *
 * @returns by key, sorted by step and time
 */
export function steppedImages(paths: readonly string[]): ReadonlyMap<string, readonly SteppedImage[]> {
  const found = new Map<string, Map<string, SteppedImage>>()
  for (const path of paths) {
    const [, name, , step, timestamp, id, compressed] = NAME.exec(baseName(path)) ?? []
    if (name === undefined || id === undefined) continue
    const key = name.replaceAll('#', '/')
    const images = found.get(key) ?? new Map<string, SteppedImage>()
    found.set(key, images)
    const of = `${step} ${timestamp} ${id}`
    if (!compressed || !images.has(of))
      images.set(of, { step: Number(step), timestamp: Number(timestamp), path })
  }
  const order = (a: SteppedImage, b: SteppedImage) => a.step - b.step || a.timestamp - b.timestamp
  return new Map([...found].map(([key, images]) => [key, [...images.values()].sort(order)]))
}
