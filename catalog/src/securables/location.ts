import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'

/**
 * Normalises the location of external data.
 *
 * @param reserved locations of the server's own store
 * @throws INVALID_PARAMETER_VALUE for other URLs than `file:` and `s3:`, for `..`, and for a location that overlaps the
 * server's own store
 */
export function externalLocation(location: string, reserved: readonly string[]): string {
  const rejection = (why: string) => invalid(`Invalid storage_location '${location.slice(0, 300)}': ${why}.`)
  if (!URL.canParse(location)) throw rejection('it must be a file:/// or s3:// URL')
  const url = new URL(location)
  if (url.protocol !== 'file:' && url.protocol !== 's3:')
    throw rejection('it must be a file:/// or s3:// URL')
  if (url.search || url.hash || url.username || url.password || url.port)
    throw rejection('it must not have a query, fragment, user or port')
  if (url.protocol === 's3:' && !url.hostname) throw rejection('it has no bucket')
  if (url.protocol === 'file:' && url.hostname) throw rejection('a file URL must not have a host')
  if (/%2e|%2f|%5c|\\|\/\.\.?(\/|$)/i.test(location))
    throw rejection("it must not contain '..' or encoded separators")
  const path = url.pathname.replace(/\/+/g, '/').replace(/\/$/, '')
  if (path === '') throw rejection('it must name a folder')
  const normal = `${url.protocol}//${url.hostname}${path}`
  if (reserved.some((root) => isWithin(normal, root) || isWithin(root, normal)))
    throw rejection("it overlaps the server's own store of managed data")
  return normal
}

/** Compares whole segments: `/a/bc` is not within `/a/b`. */
export const isWithin = (location: string, root: string) =>
  `${withoutTrailingSlashes(location)}/`.startsWith(`${withoutTrailingSlashes(root)}/`)
