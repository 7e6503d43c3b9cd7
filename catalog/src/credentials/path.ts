import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'
import type { Rooms } from '../rooms.js'
import { within } from '../securables/location.js'

/**
 * The table or volume that a path lies in. A path that holds several of them lies in none, and none is answered like
 * one that is hidden: its id is the path itself, which no securable has.
 */
export async function securableAt(
  { context, tables, volumes }: Rooms,
  url: string,
): Promise<{ type: 'table' | 'volume'; id: string; path: string }> {
  if (!URL.canParse(url) || /%2e|%2f|%5c|\\|\/\.\.?(\/|$)|[?#]/i.test(url))
    throw invalid(`Invalid url '${url.slice(0, 300)}': a file:/// or s3:// URL that does not climb.`)
  const path = withoutTrailingSlashes(url)
  for (const [folder, type] of [
    ['tables', 'table'],
    ['volumes', 'volume'],
  ] as const) {
    const root = context.blobs.uri(folder)
    if (!within(path, root) || path === root) continue
    return { type, id: path.slice(root.length + 1).split('/')[0]!, path }
  }
  const above = ancestors(path)
  const table = await tables.findAt(above)
  if (table) return { type: 'table', id: table, path }
  const volume = await volumes.findAt(above)
  return volume ? { type: 'volume', id: volume, path } : { type: 'table', id: path, path }
}

/** The path and every folder above it: where an external table or volume that holds it would lie. */
function ancestors(path: string): string[] {
  const start = path.indexOf('://') + 3
  const ends = Array.from(path.matchAll(/\//g), (match) => match.index).filter((at) => at > start)
  return [path, ...ends.map((at) => path.slice(0, at))]
}
