import { invalid } from '@cairn/platform/errors'
import { isManaged, type StoreAddresses } from '../securables/store-addresses.js'
import type { TableStore } from '../tables/store.js'
import type { VolumeStore } from '../volumes/store.js'

interface Options {
  readonly addresses: StoreAddresses
  readonly tables: TableStore
  readonly volumes: VolumeStore
}

/**
 * Finds the table or volume that contains a URL, and the path in the form of locations in the database. If there is none, the
 * id is the path itself, which no securable has, so that the response equals that for a hidden securable. A folder above
 * several securables belongs to none of them.
 */
export async function securableAt(
  { addresses, tables, volumes }: Options,
  url: string,
): Promise<{ type: 'table' | 'volume'; id: string; path: string }> {
  if (!URL.canParse(url) || /%2e|%2f|%5c|\\|\/\.\.?(\/|$)|[?#]/i.test(url))
    throw invalid(
      `Invalid url '${url.slice(0, 300)}': it must be a file:/// or s3:// URL without '..', query or fragment.`,
    )
  const path = addresses.location(url)
  if (isManaged(path)) {
    const [folder, id] = path.split('/') as [string, string]
    return { type: folder === 'tables' ? 'table' : 'volume', id, path }
  }
  const candidates = [path, ...parentFolders(path)]
  const table = await tables.findAt(candidates)
  if (table) return { type: 'table', id: table, path }
  const volume = await volumes.findAt(candidates)
  return volume ? { type: 'volume', id: volume, path } : { type: 'table', id: path, path }
}

function parentFolders(path: string): string[] {
  const start = path.indexOf('://') + 3
  const ends = Array.from(path.matchAll(/\//g), (match) => match.index).filter((at) => at > start)
  return ends.map((at) => path.slice(0, at))
}
