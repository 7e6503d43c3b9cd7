import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import { GATED_ALIAS } from '@cairn/platform/protocol/cairn/promotions'
import {
  CreateRegisteredModel,
  DeleteRegisteredModel,
  DeleteRegisteredModelTag,
  GetRegisteredModel,
  RenameRegisteredModel,
  SearchRegisteredModels,
  SetRegisteredModelTag,
  UpdateRegisteredModel,
} from '@cairn/platform/protocol/mlflow/registered-models'
import type { FastifyPluginAsync } from 'fastify'
import type { ModelRows } from '../namespace/model-rows.js'
import { checkModelName, checkTag } from '../namespace/names.js'
import { requirePromoter, requirePromoterIfGated } from '../namespace/promoter.js'
import { withValues } from '../tags.js'
import type { ModelSearch } from './search.js'
import type { ModelStore } from './store.js'

interface Options {
  rows: ModelRows
  models: ModelStore
  search: ModelSearch
}

/** Registered models and their tags. MLflow stores prompts as models with a tag. */
export const modelRoutes: FastifyPluginAsync<Options> = async (app, { rows, models, search }) => {
  handle(app, CreateRegisteredModel, async ({ name, description, tags }, request) => {
    checkModelName(name)
    const pairs = withValues(tags)
    for (const { key, value } of pairs) checkTag(key, value)
    return { registered_model: await models.create(name, description, pairs, request.principal) }
  })
  handle(app, GetRegisteredModel, async ({ name }) => ({ registered_model: await models.get(name) }))
  handle(app, RenameRegisteredModel, async ({ name, new_name }, request) => {
    checkModelName(new_name)
    await requirePromoterIfGated(rows, request, name)
    return { registered_model: await models.rename(name, new_name) }
  })
  handle(app, UpdateRegisteredModel, async ({ name, description }) => ({
    registered_model: await models.setDescription(name, description),
  }))
  handle(app, DeleteRegisteredModel, async ({ name }, request) => {
    await requirePromoterIfGated(rows, request, name)
    return emptyResponse(models.delete(name))
  })
  handle(app, SearchRegisteredModels, async (input, request) =>
    search.page(input, await request.allowedObjects('registered_model')),
  )
  handle(app, SetRegisteredModelTag, async ({ name, key, value = '' }, request) => {
    checkTag(key, value)
    if (key === GATED_ALIAS) await requirePromoter(request, name)
    return emptyResponse(models.setTag(name, key, value))
  })
  handle(app, DeleteRegisteredModelTag, async ({ name, key }, request) => {
    if (key === GATED_ALIAS) await requirePromoter(request, name)
    return emptyResponse(models.deleteTag(name, key))
  })
}
