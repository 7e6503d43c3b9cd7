export type PreviewKind = 'json' | 'text' | 'image' | 'none'

const IMAGES = new Set(['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'svg', 'bmp'])
const TEXTS = new Set([
  ...['txt', 'md', 'log', 'csv', 'tsv', 'yaml', 'yml', 'toml', 'ini', 'cfg', 'xml', 'html', 'htm', 'css'],
  ...['py', 'js', 'ts', 'mjs', 'r', 'sql', 'sh', 'java', 'scala', 'ipynb', 'jsonl', 'ndjson', 'properties'],
])
const NAMES = new Set(['MLmodel', 'MLproject', 'Dockerfile', 'LICENSE', 'README'])

/** How a file can be shown without running anything of it, by its name. */
export function previewKind(path: string): PreviewKind {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : ''
  if (extension === 'json' || extension === 'geojson') return 'json'
  if (IMAGES.has(extension)) return 'image'
  return TEXTS.has(extension) || NAMES.has(name) ? 'text' : 'none'
}

const MOST_TEXT = 500_000

/** Text as far as it is worth painting. */
export const clip = (text: string) =>
  text.length > MOST_TEXT ? { text: text.slice(0, MOST_TEXT), clipped: true } : { text, clipped: false }
