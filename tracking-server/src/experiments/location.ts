import { resolve } from 'node:path'
import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'

const MAX_LENGTH = 2048

/**
 * Returns an artifact location as it is stored: relative local paths resolve against the server's working directory.
 *
 * @throws INVALID_PARAMETER_VALUE in MLflow's words
 */
export function artifactLocation(location: string): string {
  const [, path, query = '', fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(location) ?? []
  if (path === undefined || fragment || /;[^/]*$/.test(path))
    throw invalid("'artifact_location' URL can't include fragments or params.")
  if (decodeFully(query).includes('..')) throw invalid('Invalid query string')
  if (location.startsWith('runs:'))
    throw invalid(`Artifact location cannot be a runs:/ URI. Given: '${location}'`)
  if (location.length > MAX_LENGTH)
    throw invalid(
      `Invalid artifact path length. The length of the artifact path cannot be greater than ${MAX_LENGTH} characters.`,
    )
  return /^[a-z][a-z0-9+.-]+:/i.test(location) ? location : resolve(location)
}

/** Appends segments to the path of a location, before its query. */
export function appendPath(location: string, ...parts: string[]): string {
  const [path, ...query] = location.split('?')
  return [[withoutTrailingSlashes(path!), ...parts].join('/'), ...query].join('?')
}

/** Decodes dots and percent signs only: the caller looks for `..`. */
function decodeFully(text: string): string {
  const decoded = text.replace(/%2e/gi, '.').replace(/%25/g, '%')
  return decoded === text ? text : decodeFully(decoded)
}
