import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'

/**
 * Normalises the location of external data.
 *
 * @throws INVALID_PARAMETER_VALUE for what is no `file:` or `s3:` URL, climbs, or lies in the server's own store
 */
export function externalLocation(location: string, ownRoot: string): string {
  const refused = (why: string) => invalid(`Invalid storage_location '${location.slice(0, 300)}': ${why}.`)
  if (!URL.canParse(location)) throw refused('it must be a file:/// or s3:// URL')
  const url = new URL(location)
  if (url.protocol !== 'file:' && url.protocol !== 's3:') throw refused('it must be a file:/// or s3:// URL')
  if (url.search || url.hash || url.username || url.password || url.port)
    throw refused('it may have no query, fragment, user or port')
  if (url.protocol === 's3:' && !url.hostname) throw refused('it names no bucket')
  if (url.protocol === 'file:' && url.hostname) throw refused('it names another machine')
  if (/%2e|%2f|%5c|\\|\/\.\.?(\/|$)/i.test(location)) throw refused('it may not climb')
  const path = url.pathname.replace(/\/+/g, '/').replace(/\/$/, '')
  if (path === '') throw refused('it must name a folder')
  const normal = `${url.protocol}//${url.hostname}${path}`
  if (within(normal, ownRoot) || within(ownRoot, normal))
    throw refused("it overlaps the server's own store, where managed data lives")
  return normal
}

/** Compared with the separator: `/a/bc` is not within `/a/b`. */
export const within = (location: string, root: string) =>
  `${withoutTrailingSlashes(location)}/`.startsWith(`${withoutTrailingSlashes(root)}/`)
