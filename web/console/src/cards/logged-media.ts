import { parseImageName } from '../artifacts/image-name.js'
import { baseName, type ViewerKind, viewerKind } from '../artifacts/viewer-kind.js'

export const IMAGES_FOLDER = 'images'
export const MEDIA_FOLDER = 'media'

export type MediaKind = 'image' | 'audio' | 'video' | 'text' | 'table'

/** A file of a run at a step: what `mlflow.log_image` wrote below `images/`, or `media/KEY/STEP.EXTENSION`. */
export interface LoggedMedia {
  readonly key: string
  readonly step: number
  readonly timestamp: number
  readonly kind: MediaKind
  /** Path of the file in the artifacts of its run. */
  readonly path: string
  /** Path of a smaller copy of an image, if there is one. */
  readonly preview: string
}

/** The media among the paths of a run, by key, step and time. */
export const loggedMedia = (paths: readonly string[]): LoggedMedia[] =>
  [...loggedImages(paths), ...paths.flatMap((path) => steppedFile(path) ?? [])].sort(
    (a, b) => a.key.localeCompare(b.key) || a.step - b.step || a.timestamp - b.timestamp,
  )

function loggedImages(paths: readonly string[]): LoggedMedia[] {
  const images = new Map<string, LoggedMedia>()
  const previews = new Map<string, string>()
  for (const path of paths) {
    const isBelow = path.startsWith(`${IMAGES_FOLDER}/`)
    const name = isBelow ? parseImageName(path.slice(IMAGES_FOLDER.length + 1)) : undefined
    if (!name) continue
    const { step, timestamp } = name
    const identity = `${name.key} ${step} ${timestamp} ${name.id}`
    const key = name.key.replaceAll(/[~#]/g, '/')
    if (name.isCopy) previews.set(identity, path)
    else images.set(identity, { key, step, timestamp, kind: 'image', path, preview: path })
  }
  return [...images].map(([identity, image]) => ({
    ...image,
    preview: previews.get(identity) ?? image.path,
  }))
}

const KINDS: Readonly<Partial<Record<ViewerKind, MediaKind>>> = {
  image: 'image',
  audio: 'audio',
  video: 'video',
  text: 'text',
  markdown: 'text',
  json: 'table',
  csv: 'table',
}

function steppedFile(path: string): LoggedMedia | undefined {
  const [, key, step] = /^media\/(.+)\/(\d+)\.\w+$/.exec(path) ?? []
  const kind = KINDS[viewerKind(baseName(path))]
  if (key === undefined || !kind) return undefined
  return { key, step: Number(step), timestamp: 0, kind, path, preview: path }
}

/** The last file of a key at a step, or before it. */
export const mediaAt = (media: readonly LoggedMedia[], key: string, step: number): LoggedMedia | undefined =>
  media.findLast((one) => one.key === key && one.step <= step)
