import { parseImageName } from '../artifacts/image-name.js'

const FOLDER = 'images/'

/** An image that `mlflow.log_image` wrote below `images/`. */
export interface LoggedImage {
  readonly key: string
  readonly step: number
  readonly timestamp: number
  /** Path of the image in the artifacts of its run. */
  readonly path: string
  /** Path of a smaller copy, if there is one. */
  readonly preview: string
}

/** The images among the paths of a run, by key, step and time. */
export function loggedImages(paths: readonly string[]): LoggedImage[] {
  const images = new Map<string, LoggedImage>()
  const previews = new Map<string, string>()
  for (const path of paths) {
    const name = path.startsWith(FOLDER) ? parseImageName(path.slice(FOLDER.length)) : undefined
    if (!name) continue
    const { step, timestamp } = name
    const identity = `${name.key} ${step} ${timestamp} ${name.id}`
    if (name.isCopy) previews.set(identity, path)
    else
      images.set(identity, { key: name.key.replaceAll(/[~#]/g, '/'), step, timestamp, path, preview: path })
  }
  return [...images]
    .map(([identity, image]) => ({ ...image, preview: previews.get(identity) ?? image.path }))
    .sort((a, b) => a.key.localeCompare(b.key) || a.step - b.step || a.timestamp - b.timestamp)
}

/** The last image of a key at a step, or before it. */
export const imageAt = (images: readonly LoggedImage[], key: string, step: number): LoggedImage | undefined =>
  images.findLast((image) => image.key === key && image.step <= step)
