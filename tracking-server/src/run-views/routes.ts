import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import {
  CreateRunView,
  CreateTeamRunView,
  DeleteRunView,
  DeleteTeamRunView,
  ListRunViews,
  UpdateRunView,
  UpdateTeamRunView,
} from '@cairn/platform/protocol/cairn/run-views'
import type { FastifyPluginAsync } from 'fastify'
import { TEAM } from './schema.js'
import type { RunViewStore } from './store.js'

export const runViewRoutes: FastifyPluginAsync<{ views: RunViewStore }> = async (app, { views }) => {
  handle(app, ListRunViews, async ({ experiment_id }, { principal }) => ({
    views: await views.list(experiment_id, principal.id),
  }))
  handle(app, CreateRunView, async (input, { principal }) => ({
    view: await views.create(input, principal.id, principal),
  }))
  handle(app, UpdateRunView, async (input, { principal }) => ({
    view: await views.update(input, principal.id),
  }))
  handle(app, DeleteRunView, (input, { principal }) => emptyResponse(views.delete(input, principal.id)))
  handle(app, CreateTeamRunView, async (input, { principal }) => ({
    view: await views.create(input, TEAM, principal),
  }))
  handle(app, UpdateTeamRunView, async (input) => ({ view: await views.update(input, TEAM) }))
  handle(app, DeleteTeamRunView, (input) => emptyResponse(views.delete(input, TEAM)))
}
