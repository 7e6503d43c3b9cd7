import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import { ListVersionLocations } from '@cairn/platform/protocol/cairn/version-locations'
import {
  CreateModelVersion,
  DeleteModelVersion,
  DeleteModelVersionTag,
  GetModelVersion,
  GetModelVersionDownloadUri,
  SearchModelVersions,
  SetModelVersionTag,
  TransitionModelVersionStage,
  UpdateModelVersion,
} from '@cairn/platform/protocol/mlflow/model-versions'
import {
  GetLatestVersions,
  GetLatestVersionsByQuery,
} from '@cairn/platform/protocol/mlflow/registered-models'
import type { FastifyPluginAsync } from 'fastify'
import type { ModelRows } from '../namespace/model-rows.js'
import { checkTag, parseVersion } from '../namespace/names.js'
import { requirePromoter } from '../namespace/promoter.js'
import type { RegistrySchema } from '../schema.js'
import type { AliasedVersions } from './aliased-versions.js'
import { createVersion } from './create.js'
import { versionLocations } from './locations.js'
import type { LoggedModels } from './logged-models.js'
import { requireSource } from './require-source.js'
import type { VersionSearch } from './search.js'
import type { SourceResolver } from './source-resolver.js'
import { parseStage } from './stages.js'
import type { VersionStore } from './store.js'

interface Options {
  db: Db<RegistrySchema>
  models: ModelRows
  versions: VersionStore
  aliased: AliasedVersions
  sources: SourceResolver
  loggedModels: LoggedModels
  search: VersionSearch
  locations: ArtifactLocations
}

export const versionRoutes: FastifyPluginAsync<Options> = async (
  app,
  { db, models, versions, aliased, sources, loggedModels, search, locations },
) => {
  handle(app, CreateModelVersion, async (input, request) => {
    await requireSource(input, request, locations)
    const parts = { models, versions, sources, loggedModels }
    return { model_version: await createVersion(parts, input, request) }
  })
  handle(app, GetModelVersion, async ({ name, version }) => ({
    model_version: await versions.get(name, parseVersion(version)),
  }))
  handle(app, UpdateModelVersion, async ({ name, version, description = '' }) => ({
    model_version: await versions.setDescription(name, parseVersion(version), description),
  }))
  handle(app, DeleteModelVersion, async ({ name, version }, request) => {
    const number = parseVersion(version)
    const gated = await models.gatedAlias(name)
    // Deleting the version deletes its alias, and the next version could take the alias without a comparison.
    if (gated !== undefined && (await aliased.find(name, gated)) === number)
      await requirePromoter(request, name)
    return emptyResponse(versions.delete(name, number))
  })
  handle(
    app,
    TransitionModelVersionStage,
    async ({ name, version, stage, archive_existing_versions = false }) => ({
      model_version: await versions.transition(
        name,
        parseVersion(version),
        parseStage(stage),
        archive_existing_versions,
      ),
    }),
  )
  handle(app, GetModelVersionDownloadUri, async ({ name, version }) => ({
    artifact_uri: (await versions.getRow(name, parseVersion(version))).storage_location,
  }))
  handle(app, SearchModelVersions, async (input, request) =>
    search.page(input, await request.allowedObjects('registered_model')),
  )
  handle(app, ListVersionLocations, ({ after }) => versionLocations(db, after))
  handle(app, SetModelVersionTag, async ({ name, version, key, value = '' }) => {
    checkTag(key, value)
    return emptyResponse(versions.setTag(name, parseVersion(version), key, value))
  })
  handle(app, DeleteModelVersionTag, ({ name, version, key }) =>
    emptyResponse(versions.deleteTag(name, parseVersion(version), key)),
  )
  for (const op of [GetLatestVersions, GetLatestVersionsByQuery] as const)
    handle(app, op, async ({ name, stages = [] }) => {
      await models.get(name)
      const latest = await versions.latest(name, stages.map(parseStage))
      return latest.length > 0 ? { model_versions: latest } : {}
    })
}
