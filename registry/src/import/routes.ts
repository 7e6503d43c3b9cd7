import { handle } from '@cairn/platform/http/handle'
import { ImportRegisteredModel } from '@cairn/platform/protocol/cairn/imports'
import type { FastifyPluginAsync } from 'fastify'
import { checkAlias, checkModelName, checkTagLength } from '../namespace/names.js'
import { withValues } from '../tags.js'
import type { SourceResolver } from '../versions/source-resolver.js'
import type { ModelImport } from './store.js'
import { checkVersion, type LocatedVersion, locateFiles } from './versions.js'

/** Imports models from another registry with their version numbers and timestamps. */
export const importRoutes: FastifyPluginAsync<{ imports: ModelImport; sources: SourceResolver }> = async (
  app,
  { imports, sources },
) => {
  handle(app, ImportRegisteredModel, async (input, { principal }) => {
    checkModelName(input.name)
    for (const { alias } of input.aliases ?? []) checkAlias(alias)
    for (const { key, value } of withValues(input.tags)) checkTagLength(key, value)
    const versions: LocatedVersion[] = []
    for (const [i, version] of (input.versions ?? []).entries()) {
      checkVersion(version, `versions[${i}].`)
      versions.push({ ...version, ...(await locateFiles(sources, version)) })
    }
    await sources.keepFiles(versions.map(({ storage_location }) => storage_location).filter(Boolean))
    return imports.put({ ...input, versions }, principal)
  })
}
