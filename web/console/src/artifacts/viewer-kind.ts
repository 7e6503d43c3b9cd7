export type ViewerKind =
  | 'image'
  | 'steps'
  | 'markdown'
  | 'csv'
  | 'jsonl'
  | 'json'
  | 'parquet'
  | 'html'
  | 'pdf'
  | 'notebook'
  | 'audio'
  | 'video'
  | 'geojson'
  | 'mlmodel'
  | 'requirements'
  | 'text'
  | 'unknown'

const EXTENSIONS: Readonly<Record<Exclude<ViewerKind, 'unknown' | 'steps' | 'requirements'>, string>> = {
  image: 'png jpg jpeg gif webp avif svg bmp',
  markdown: 'md markdown',
  csv: 'csv tsv',
  jsonl: 'jsonl ndjson',
  json: 'json',
  parquet: 'parquet',
  html: 'html htm',
  pdf: 'pdf',
  notebook: 'ipynb',
  audio: 'wav mp3 ogg flac m4a',
  video: 'mp4 webm',
  geojson: 'geojson',
  mlmodel: 'mlmodel',
  text: 'txt log yaml yml toml ini cfg xml css py js ts mjs r sql sh java scala properties rst mlproject dockerfile license readme',
}

const KINDS = new Map(
  Object.entries(EXTENSIONS).flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, kind as ViewerKind] as const),
  ),
)

/** How to show a file, by its extension, or by its name without one. */
export function viewerKind(path: string): ViewerKind {
  const name = baseName(path).toLowerCase()
  if (isSteppedImage(path)) return 'steps'
  if (/^requirements.*\.txt$/.test(name)) return 'requirements'
  return (name.startsWith('.') ? undefined : KINDS.get(extensionOf(name) || name)) ?? 'unknown'
}

export const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1)

export const extensionOf = (path: string) => {
  const name = baseName(path)
  return name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : ''
}

/** An image that MLflow's `log_image` has written with a key and a step. */
const isSteppedImage = (path: string) => /[+%]step[+%]\d+[+%]timestamp[+%]/.test(baseName(path))
