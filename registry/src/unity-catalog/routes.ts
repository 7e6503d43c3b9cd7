import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  EmitModelVersionLineage,
  FinalizeUnityCatalogVersion,
  GetModelFilesClient,
  UpdateUnityCatalogModel,
} from '@cairn/platform/protocol/databricks/unity-catalog-registry'
import type { FastifyPluginAsync } from 'fastify'
import type { ModelStore } from '../models/store.js'
import type { ModelRows } from '../namespace/model-rows.js'
import { parseVersion } from '../namespace/names.js'
import { requirePromoterIfGated } from '../namespace/promoter.js'
import type { VersionStore } from '../versions/store.js'
import { checkUnityCatalogName } from './names.js'

interface Options {
  readonly rows: ModelRows
  readonly models: ModelStore
  readonly versions: VersionStore
}

/** The calls of Unity Catalog's registry that MLflow's lacks. `unity-catalog-registry.ts` of the platform routes the others. */
export const unityCatalogRoutes: FastifyPluginAsync<Options> = async (app, { rows, models, versions }) => {
  handle(app, UpdateUnityCatalogModel, async ({ name, new_name, description }, request) => {
    if (!new_name) return { registered_model: await models.setDescription(name, description) }
    if (description !== undefined) throw invalid('Set either new_name or description.')
    checkUnityCatalogName(new_name)
    await requirePromoterIfGated(rows, request, name)
    return { registered_model: await models.rename(name, new_name) }
  })
  handle(app, FinalizeUnityCatalogVersion, async ({ name, version }) => ({
    model_version: await versions.get(name, parseVersion(version)),
  }))
  handle(app, EmitModelVersionLineage, async ({ name, version }) => {
    await versions.getRow(name, parseVersion(version))
    return {}
  })
  handle(app, GetModelFilesClient, async () => ({
    is_databricks_sdk_models_artifact_repository_enabled: true,
  }))
}
