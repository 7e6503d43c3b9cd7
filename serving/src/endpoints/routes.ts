import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import type { Client } from '@cairn/platform/protocol/client'
import {
  CreateServingEndpoint,
  DeleteServingEndpoint,
  GetServingEndpoint,
  ListServingEndpoints,
  PatchServingEndpointTags,
  UpdateServingEndpointConfig,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { LoadedDeployments } from '../deployments/loaded-deployments.js'
import type { Reconciler } from '../deployments/reconciler.js'
import { parseConfig } from '../endpoint-state/config.js'
import type { EndpointStore, Tags } from '../endpoint-state/endpoint-store.js'
import type { RoutingTable } from '../routing/routing-table.js'
import type { SettingsAuthor } from '../settings/ai-gateway.js'
import { noteConfig } from './note-config.js'
import { permissionLevels } from './permission-level.js'
import { requireModels } from './require-models.js'
import { requireVersions } from './require-versions.js'
import { type SettingsChecks, settingsJson } from './settings.js'
import { endpointOnWire } from './wire.js'
import { withFollowedModels } from './with-followed-models.js'

interface Options {
  readonly endpoints: EndpointStore
  readonly deployments: LoadedDeployments
  readonly routing: RoutingTable
  readonly reconciler: Reconciler
  readonly authorizer: Authorizer
  /** Acts as the server. */
  readonly call: Client
  readonly checks: SettingsChecks
  readonly authorOf: (request: FastifyRequest) => SettingsAuthor
}

/** Serving endpoints in Databricks' API. Only their configuration: the reconciler loads the models. */
export const endpointRoutes: FastifyPluginAsync<Options> = async (
  app,
  { endpoints, deployments, routing, reconciler, authorizer, call, checks, authorOf },
) => {
  handle(
    app,
    CreateServingEndpoint,
    async ({ name, config, tags = [], description = '', ...rest }, request) => {
      if (!/^[\w-]+$/.test(name))
        throw invalid(`Invalid value "${name}" for parameter 'name' supplied: only letters, digits, _ and -.`)
      const parsed = parseConfig(config, request.principal.id)
      await requireModels(request, parsed)
      await requireVersions(call, parsed)
      const followed = await withFollowedModels(call, parsed)
      const settings = await settingsJson(rest, { name }, authorOf(request), checks)
      const row = await endpoints.create(name, followed, request.principal, { tags, description, settings })
      noteConfig(request, null, parsed)
      reconciler.wake()
      return endpointOnWire(row, deployments, 'CAN_MANAGE')
    },
  )
  handle(app, ListServingEndpoints, async (_input, request) => {
    const rows = await endpoints.list(await request.allowedObjects('serving_endpoint'))
    const levels = await permissionLevels(authorizer, request.principal, rows)
    return { endpoints: rows.map((row, i) => endpointOnWire(row, deployments, levels[i]!)) }
  })
  handle(app, GetServingEndpoint, async ({ name }, request) => {
    const row = await endpoints.get(name)
    const [level] = await permissionLevels(authorizer, request.principal, [row])
    return endpointOnWire(row, deployments, level!)
  })
  handle(app, UpdateServingEndpointConfig, async ({ name, ...config }, request) => {
    const present = await endpoints.get(name)
    const parsed = parseConfig(config, request.principal.id)
    await requireModels(request, parsed)
    await requireVersions(call, parsed)
    const followed = await withFollowedModels(call, parsed)
    const proposal = { reason: 'updated', by: request.principal }
    const row = await endpoints.propose(present.id, followed, proposal)
    noteConfig(request, present.config, parsed)
    reconciler.wake()
    return endpointOnWire(row, deployments, 'CAN_MANAGE')
  })
  handle(app, PatchServingEndpointTags, async ({ name, add_tags = [], delete_tags = [] }) => {
    const row = await endpoints.get(name)
    const { tags } = await endpoints.update(row, (present) => {
      const changed = new Map((JSON.parse(present.tags) as Tags).map((tag) => [tag.key, tag]))
      for (const key of delete_tags) changed.delete(key)
      for (const { key, value } of add_tags) changed.set(key, { key, value })
      return { tags: JSON.stringify([...changed.values()]) }
    })
    return { tags: JSON.parse(tags) }
  })
  handle(app, DeleteServingEndpoint, async ({ name }) => {
    const row = await endpoints.get(name)
    await endpoints.delete(row)
    routing.remove(row.id)
    reconciler.wake()
    return {}
  })
}
