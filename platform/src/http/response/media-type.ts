import { posix } from 'node:path'

const TEXT = new Set(
  'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 ipynb csv tsv md rst html htm css MLmodel MLproject mlproject'.split(
    ' ',
  ),
)
const MEDIA: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
  mp4: 'video/mp4',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  webm: 'video/webm',
  avif: 'image/avif',
}

/** Returns the type of a file. HTML is `text/plain`, so that no artifact runs as a page; without charset, as in MLflow. */
export function mediaType(path: string): string {
  const name = posix.basename(path)
  const extension = posix.extname(name).slice(1) || name
  if (TEXT.has(extension)) return 'text/plain'
  const known = extension.toLowerCase()
  return Object.hasOwn(MEDIA, known) ? MEDIA[known]! : 'application/octet-stream'
}

/** Returns a `Content-Disposition` with the name of the file, in any script. */
export function attachment(path: string): string {
  const name = posix.basename(path)
  if (/^[\w.+!#$&^`|~-]+$/.test(name)) return `attachment; filename=${name}`
  const ascii = name.replace(/[^\x20-\x7e]|["\\]/g, '_')
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}`
}
