import { handle } from '@cairn/platform/http/handle'
import { ImportRegisteredModel } from '@cairn/platform/protocol/imports'
import type { FastifyPluginAsync } from 'fastify'
import { checkAlias, checkModelName, checkTagLength } from '../models/names.js'
import { withValues } from '../tags.js'
import type { SourceResolver } from '../versions/source-resolver.js'
import type { ModelImport } from './store.js'
import { checkVersion, type LocatedVersion, locate } from './versions.js'

/** What comes from another registry with its numbers and times. */
export const importRoutes: FastifyPluginAsync<{ imports: ModelImport; sources: SourceResolver }> = async (
  app,
  { imports, sources },
) => {
  handle(app, ImportRegisteredModel, async (given) => {
    checkModelName(given.name)
    for (const { alias } of given.aliases ?? []) checkAlias(alias)
    for (const { key, value } of withValues(given.tags)) checkTagLength(key, value)
    const versions: LocatedVersion[] = []
    for (const [i, version] of (given.versions ?? []).entries()) {
      checkVersion(version, `versions[${i}].`)
      versions.push({ ...version, ...(await locate(sources, version)) })
    }
    await sources.keep(versions.map(({ storage_location }) => storage_location).filter(Boolean))
    return imports.put({ ...given, versions })
  })
}
