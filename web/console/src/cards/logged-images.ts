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

/** `images/KEY+step+3+timestamp+1700000000000+UUID.png`; older versions of MLflow write `%` for `+`. `~` and `#` stand for `/`. */
const NAME = /^images\/(.+?)([+%])step\2(\d+)\2timestamp\2(\d+)\2([^+%]+?)((?:\2compressed)?)\.(\w+)$/

/** The images among the paths of a run, by key, step and time. */
export function loggedImages(paths: readonly string[]): LoggedImage[] {
  const images = new Map<string, LoggedImage>()
  const previews = new Map<string, string>()
  for (const path of paths) {
    const [, name, , step, timestamp, id, compressed] = NAME.exec(path) ?? []
    if (name === undefined) continue
    const identity = `${name} ${step} ${timestamp} ${id}`
    if (compressed) previews.set(identity, path)
    else {
      const key = name.replaceAll(/[~#]/g, '/')
      images.set(identity, { key, step: Number(step), timestamp: Number(timestamp), path, preview: path })
    }
  }
  return [...images]
    .map(([identity, image]) => ({ ...image, preview: previews.get(identity) ?? image.path }))
    .sort((a, b) => a.key.localeCompare(b.key) || a.step - b.step || a.timestamp - b.timestamp)
}

/** The last image of a key at a step, or before it. */
export const imageAt = (images: readonly LoggedImage[], key: string, step: number): LoggedImage | undefined =>
  images.findLast((image) => image.key === key && image.step <= step)
