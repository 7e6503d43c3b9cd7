import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { missingParameter } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { sendBlob } from '@cairn/platform/http/response/send-blob'
import { ListLoggedModelArtifacts } from '@cairn/platform/protocol/mlflow/logged-models'
import { READ_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync } from 'fastify'
import type { LoggedModelStore } from '../logged-models/store.js'
import { artifactRoute, type NamesOf } from './artifact-route.js'
import { listFolder } from './listing.js'

const FILES = '/api/2.0/mlflow/logged-models/:model_id/artifacts/files'

interface Options {
  readonly models: LoggedModelStore
  readonly locations: ArtifactLocations
}

/** Lists and downloads the artifacts of logged models. */
export const loggedModelArtifactRoutes: FastifyPluginAsync<Options> = async (app, { models, locations }) => {
  handle(app, ListLoggedModelArtifacts, async ({ model_id, artifact_directory_path }) => {
    const { info } = await models.get(model_id)
    return listFolder(locations, info.artifact_uri, artifact_directory_path)
  })
  artifactRoute(app, 'GET', FILES, READ_EXPERIMENTS, namesModel, async (request, reply) => {
    const { model_id } = request.params as { model_id: string }
    const { artifact_file_path: path } = request.query as Record<string, unknown>
    if (typeof path !== 'string' || path === '') throw missingParameter('artifact_file_path')
    const { info } = await models.get(model_id)
    return sendBlob(await locations.resolve(info.artifact_uri, path), request, reply)
  })
}

const namesModel: NamesOf = ({ params }) => ({ model_id: (params as { model_id: string }).model_id })
