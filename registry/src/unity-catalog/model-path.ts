import { normalizeKey } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'
import { parseVersion } from '../namespace/names.js'

/** A path among the files of a version. */
export interface ModelPath {
  /** `catalog.schema.model` */
  readonly name: string
  readonly version: number
  /** The path below the folder of the version, without leading or trailing slashes; empty for the folder itself. */
  readonly inside: string
  /** The whole path, as databricks-sdk writes it. */
  readonly text: string
}

/**
 * Reads the rest of a path `/Models/CATALOG/SCHEMA/MODEL/VERSION/PATH`, as MLflow writes it.
 *
 * @param rest the decoded path after `/Models/`
 * @throws INVALID_PARAMETER_VALUE for another path, and for one that leaves the folder of its version
 */
export function parseModelPath(rest: string): ModelPath {
  const [catalog, schema, model, version, ...parts] = rest.split('/')
  const names = [catalog, schema, model]
  if (!version || names.some((part) => !part || part.includes('.')))
    throw invalid(
      `'/Models/${rest.slice(0, 300)}' is not a path in a model version; use /Models/CATALOG/SCHEMA/MODEL/VERSION/PATH.`,
    )
  const inside = normalizeKey(parts.join('/'))
  const folder = ['', 'Models', ...names, version].join('/')
  return {
    name: names.join('.'),
    version: parseVersion(version),
    inside,
    text: inside ? `${folder}/${inside}` : folder,
  }
}
