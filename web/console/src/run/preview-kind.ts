export type PreviewKind = 'json' | 'text' | 'image' | 'none'

const IMAGES = new Set(['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'svg', 'bmp'])
const TEXTS = new Set([
  ...['txt', 'md', 'log', 'csv', 'tsv', 'yaml', 'yml', 'toml', 'ini', 'cfg', 'xml', 'html', 'htm', 'css'],
  ...['py', 'js', 'ts', 'mjs', 'r', 'sql', 'sh', 'java', 'scala', 'ipynb', 'jsonl', 'ndjson', 'properties'],
])
const NAMES = new Set(['MLmodel', 'MLproject', 'Dockerfile', 'LICENSE', 'README'])

/** How to preview a file, by its extension or name. */
export function previewKind(path: string): PreviewKind {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : ''
  if (extension === 'json' || extension === 'geojson') return 'json'
  if (IMAGES.has(extension)) return 'image'
  return TEXTS.has(extension) || NAMES.has(name) ? 'text' : 'none'
}

const MAX_TEXT_LENGTH = 500_000

export const clip = (text: string) =>
  text.length > MAX_TEXT_LENGTH
    ? { text: text.slice(0, MAX_TEXT_LENGTH), clipped: true }
    : { text, clipped: false }
