import { decodeFully } from '@cairn/platform/blobs/path'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { ImportedVersion } from '@cairn/platform/protocol/cairn/imports'
import { checkTagLength } from '../namespace/names.js'
import { DELETED } from '../schema.js'
import { parseRunUri } from '../versions/run-uri.js'
import type { ResolvedSource, SourceResolver } from '../versions/source-resolver.js'
import { parseStage } from '../versions/stages.js'

/** The run id of a version comes from the import. */
type Location = Omit<ResolvedSource, 'run_id' | 'source'>
export type LocatedVersion = Omit<ImportedVersion, 'model_id'> & Location

/** @throws INVALID_PARAMETER_VALUE naming the field */
export function checkVersion(
  { current_stage = 'None', source = '', tags = [] }: ImportedVersion,
  path: string,
): void {
  if (current_stage !== DELETED) parseStage(current_stage)
  for (const { key, value = '' } of tags) checkTagLength(key, value)
  const decoded = decodeFully(source)
  if (decoded.split(/[/\\?#]/).includes('..') || decoded.includes('\0'))
    throw invalid(
      `Invalid value '${source}' for parameter '${path}source': it must not contain '..' or NUL characters.`,
    )
}

/**
 * Resolves the location of the files of a version. A local path is accepted as is: the server reads only below its
 * artifact roots, and an imported registry may refer to files that were not moved.
 */
export async function locateFiles(sources: SourceResolver, version: ImportedVersion): Promise<Location> {
  const { source = '', model_id } = version
  const plain = {
    storage_location: source,
    model_id: model_id ?? null,
    model_params: null,
    model_metrics: null,
  }
  const run = parseRunUri(source)
  // The import replaces the id of a run that was taken here in `run_id` only. In `source` the old id names another run.
  const isOfItsRun = run !== undefined && (version.run_id || run.run_id) === run.run_id
  if (!isOfItsRun && !source.startsWith('models:')) return plain
  try {
    const { run_id: _, source: __, ...location } = await sources.resolve(source, version.run_id, model_id)
    return location
  } catch (error) {
    if (error instanceof ApiError && error.statusCode < 500) return plain
    throw error
  }
}
