import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { missingParameter } from '@cairn/platform/errors'
import { done } from '@cairn/platform/http/done'
import { handle, twinPath } from '@cairn/platform/http/handle'
import { sendBlob } from '@cairn/platform/http/send-blob'
import {
  CreateLoggedModel,
  DeleteLoggedModel,
  DeleteLoggedModelTag,
  FinalizeLoggedModel,
  GetLoggedModel,
  ListLoggedModelArtifacts,
  LogLoggedModelParams,
  NoteLoggedModelVersion,
  SearchLoggedModels,
  SetLoggedModelTags,
} from '@cairn/platform/protocol/logged-models'
import { READ_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { listBelow } from '../artifacts/listing.js'
import { writeDoubles } from '../doubles.js'
import type { LoggedModelSearch } from './search.js'
import type { LoggedModelStore } from './store.js'
import { VERSIONS_TAG, withVersion } from './version-tag.js'

const FILES = '/api/2.0/mlflow/logged-models/:model_id/artifacts/files'

interface Options {
  readonly models: LoggedModelStore
  readonly search: LoggedModelSearch
  readonly locations: ArtifactLocations
}

export const loggedModelRoutes: FastifyPluginAsync<Options> = async (app, { models, search, locations }) => {
  writeDoubles(app)
  handle(app, CreateLoggedModel, async (input) => ({ model: await models.create(input) }))
  handle(app, GetLoggedModel, async ({ model_id, allow_deleted }) => ({
    model: await models.get(model_id, allow_deleted),
  }))
  handle(app, SearchLoggedModels, (input) => search.page(input))
  handle(app, FinalizeLoggedModel, async ({ model_id, status }, request) => {
    demandInBody(request)
    return { model: await models.finalize(model_id, status) }
  })
  handle(app, LogLoggedModelParams, async ({ model_id, params = [] }, request) => {
    demandInBody(request)
    return done(models.addParams(model_id, params))
  })
  handle(app, SetLoggedModelTags, ({ model_id, tags = [] }) => done(models.putTags(model_id, tags)))
  handle(app, NoteLoggedModelVersion, ({ model_id, ...version }) =>
    done(models.amendTag(model_id, VERSIONS_TAG, (noted) => withVersion(noted, version))),
  )
  handle(app, DeleteLoggedModelTag, ({ model_id, tag_key }) => done(models.deleteTag(model_id, tag_key)))
  handle(app, DeleteLoggedModel, ({ model_id }) => done(models.delete(model_id)))
  handle(app, ListLoggedModelArtifacts, async ({ model_id, artifact_directory_path }) => {
    const { info } = await models.get(model_id)
    return listBelow(locations, info.artifact_uri, artifact_directory_path)
  })

  for (const url of [FILES, twinPath(FILES)!])
    app.get(url, { config: { right: READ_EXPERIMENTS }, schema: { hide: true } }, async (request, reply) => {
      const { model_id } = request.params as { model_id: string }
      const { artifact_file_path: path } = request.query as Record<string, unknown>
      if (typeof path !== 'string' || path === '') throw missingParameter('artifact_file_path')
      const { info } = await models.get(model_id)
      return sendBlob(await locations.resolve(info.artifact_uri, path), request, reply)
    })
}

/** MLflow wants the id in the path and in the body. */
function demandInBody(request: FastifyRequest) {
  if (!(request.body as { model_id?: unknown } | null)?.model_id) throw missingParameter('model_id')
}
