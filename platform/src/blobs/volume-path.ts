import { invalid } from '../errors.js'
import { normalizeKey } from './path.js'

/**
 * The name of an empty blob that keeps a directory without files, because a store knows directories only by their files. Spark
 * and DuckDB ignore files whose name begins with a dot.
 */
export const DIRECTORY_MARKER = '.cairn-directory'

/** A path in a volume. */
export interface VolumePath {
  /** `catalog.schema.volume` */
  readonly volume: string
  /** The path below the volume, without slashes at its ends; empty for the volume itself. */
  readonly inside: string
  /** The whole path in the form of databricks-sdk. */
  readonly text: string
}

/**
 * Parses an absolute path of Databricks' Files API.
 *
 * @param path decoded, without its first slash
 * @throws INVALID_PARAMETER_VALUE for a path outside volumes, and for one that leaves its volume
 */
export function parseVolumePath(path: string): VolumePath {
  const [root, catalog, schema, volume, ...rest] = path.split('/')
  if (root !== 'Volumes' || !catalog || !schema || !volume)
    throw invalid(
      `'/${path.slice(0, 300)}' is not a path in a volume; use /Volumes/CATALOG/SCHEMA/VOLUME/PATH.`,
    )
  const parts = [catalog, schema, volume]
  if (parts.some((part) => part.includes('.')))
    throw invalid(`'/${path.slice(0, 300)}': names of catalogs, schemas and volumes have no dots.`)
  const inside = normalizeKey(rest.join('/'))
  return {
    volume: parts.join('.'),
    inside,
    text: ['', 'Volumes', ...parts, inside].filter(isFirstOrFull).join('/'),
  }
}

const isFirstOrFull = (part: string, index: number) => index === 0 || part !== ''
