import { missingParameter } from '@cairn/platform/errors'
import type { Announce } from '@cairn/platform/events/announcer'
import { handle } from '@cairn/platform/http/handle'
import { announceChanges, changesOf } from '@cairn/platform/http/plugins/announce-changes'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import type { Change } from '@cairn/platform/protocol/cairn/events'
import { NoteLoggedModelVersion } from '@cairn/platform/protocol/cairn/logged-model-versions'
import {
  CreateLoggedModel,
  DeleteLoggedModel,
  DeleteLoggedModelTag,
  FinalizeLoggedModel,
  GetLoggedModel,
  LogLoggedModelParams,
  SearchLoggedModels,
  SetLoggedModelTags,
} from '@cairn/platform/protocol/mlflow/logged-models'
import { READ_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { writeDecimalPoints } from '../protobuf-json.js'
import type { LoggedModelSearch } from './search.js'
import type { LoggedModelStore } from './store.js'
import { addVersion, VERSIONS_TAG } from './version-tag.js'

interface Options {
  readonly models: LoggedModelStore
  readonly search: LoggedModelSearch
  readonly announce: Announce
}

const changed = ({ model_id }: { readonly model_id: string }): Change[] => [
  { type: 'logged_model', model_id },
]

const CHANGES = [
  changesOf(CreateLoggedModel, (_input, { model }) => changed(model.info)),
  changesOf(FinalizeLoggedModel, changed),
  changesOf(LogLoggedModelParams, changed),
  changesOf(SetLoggedModelTags, changed),
  changesOf(NoteLoggedModelVersion, changed),
  changesOf(DeleteLoggedModelTag, changed),
  changesOf(DeleteLoggedModel, changed),
]

export const loggedModelRoutes: FastifyPluginAsync<Options> = async (app, { models, search, announce }) => {
  announceChanges(app, announce, CHANGES)
  writeDecimalPoints(app)
  handle(app, CreateLoggedModel, async (input, request) => {
    const { source_run_id } = input
    // Versions of the model inherit this run.
    if (source_run_id)
      await request.admitNames({ source_run_id }, { right: READ_EXPERIMENTS, mayBeAbsent: true })
    return { model: await models.create(input) }
  })
  handle(app, GetLoggedModel, async ({ model_id, allow_deleted }) => ({
    model: await models.get(model_id, allow_deleted),
  }))
  handle(app, SearchLoggedModels, (input) => search.page(input))
  handle(app, FinalizeLoggedModel, async ({ model_id, status }, request) => {
    requireIdInBody(request)
    return { model: await models.finalize(model_id, status) }
  })
  handle(app, LogLoggedModelParams, async ({ model_id, params = [] }, request) => {
    requireIdInBody(request)
    return emptyResponse(models.addParams(model_id, params))
  })
  handle(app, SetLoggedModelTags, ({ model_id, tags = [] }) => emptyResponse(models.putTags(model_id, tags)))
  handle(app, NoteLoggedModelVersion, ({ model_id, ...version }) =>
    emptyResponse(models.amendTag(model_id, VERSIONS_TAG, (value) => addVersion(value, version))),
  )
  handle(app, DeleteLoggedModelTag, ({ model_id, tag_key }) =>
    emptyResponse(models.deleteTag(model_id, tag_key)),
  )
  handle(app, DeleteLoggedModel, ({ model_id }) => emptyResponse(models.delete(model_id)))
}

/** MLflow requires the id in both the path and the body. */
function requireIdInBody(request: FastifyRequest) {
  if (!(request.body as { model_id?: unknown } | null)?.model_id) throw missingParameter('model_id')
}
