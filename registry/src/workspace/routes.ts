import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { handle } from '@cairn/platform/http/handle'
import {
  GetWorkspaceModel,
  ListWorkspaceModels,
  TransitionWorkspaceModelVersion,
} from '@cairn/platform/protocol/databricks/workspace-registry'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { ModelSearch } from '../models/search.js'
import type { ModelStore } from '../models/store.js'
import type { ModelRows } from '../namespace/model-rows.js'
import { parseVersion } from '../namespace/names.js'
import { parseStage } from '../versions/stages.js'
import type { VersionStore } from '../versions/store.js'
import { permissionLevel } from './permission-level.js'

interface Options {
  rows: ModelRows
  models: ModelStore
  versions: VersionStore
  search: ModelSearch
  authorizer: Authorizer
}

/** Serves the calls of Databricks' workspace registry that MLflow lacks: the same models, with the permission level of the caller. */
export const workspaceRoutes: FastifyPluginAsync<Options> = async (
  app,
  { rows, models, versions, search, authorizer },
) => {
  handle(app, GetWorkspaceModel, async ({ name }, request) => {
    const [model, id] = await Promise.all([models.get(name), rows.id(name)])
    return { registered_model_databricks: { ...model, id, permission_level: await levelOn(id, request) } }
  })
  handle(app, ListWorkspaceModels, async (input, request) =>
    search.page(input, await request.allowedObjects('registered_model')),
  )
  handle(app, TransitionWorkspaceModelVersion, async (input, request) => {
    const { name, version, stage, archive_existing_versions = false } = input
    const [moved, id] = await Promise.all([
      versions.transition(name, parseVersion(version), parseStage(stage), archive_existing_versions),
      rows.id(name),
    ])
    return { model_version_databricks: { ...moved, permission_level: await levelOn(id, request) } }
  })

  const levelOn = (id: string, request: FastifyRequest) => permissionLevel(authorizer, request.principal, id)
}
