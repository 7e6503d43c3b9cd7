import { handle } from '@cairn/platform/http/handle'
import {
  PatchSystemMetricsExport,
  PatchTelemetryConfig,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import {
  PutAiGateway,
  PutRateLimits,
  UpdateNotifications,
} from '@cairn/platform/protocol/databricks/serving-settings'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { LoadedDeployments } from '../deployments/loaded-deployments.js'
import type { EndpointStore } from '../endpoint-state/endpoint-store.js'
import type { NotificationStore } from '../notifications/store.js'
import type { RoutingTable } from '../routing/routing-table.js'
import type { EndpointRow } from '../schema.js'
import type { SettingsAuthor } from '../settings/ai-gateway.js'
import { type SettingsChecks, type SettingsInput, settingsJson } from './settings.js'
import { endpointOnWire } from './wire.js'

interface Options {
  readonly endpoints: EndpointStore
  readonly deployments: LoadedDeployments
  readonly routing: RoutingTable
  readonly checks: SettingsChecks
  readonly notifications: NotificationStore
  readonly authorOf: (request: FastifyRequest) => SettingsAuthor
}

/** Settings of an endpoint that need no deployment. */
export const settingsRoutes: FastifyPluginAsync<Options> = async (
  app,
  { endpoints, deployments, routing, checks, notifications, authorOf },
) => {
  const configure = async (row: EndpointRow, input: SettingsInput, request: FastifyRequest) => {
    const settings = await settingsJson(input, row, authorOf(request), checks)
    routing.put(await endpoints.update(row, () => settings))
    // Values may hold addresses with secrets.
    request.noteChange({ field: 'settings', added: Object.keys(settings) })
    return settings
  }

  handle(app, PutRateLimits, async ({ name, rate_limits = [] }, request) => {
    const row = await endpoints.get(name)
    await configure(row, { rate_limits }, request)
    return { rate_limits }
  })
  handle(app, PutAiGateway, async ({ name, ...ai_gateway }, request) => {
    const row = await endpoints.get(name)
    const settings = await configure(row, { ai_gateway }, request)
    return JSON.parse(settings.ai_gateway ?? '{}')
  })
  handle(app, UpdateNotifications, async ({ name, email_notifications = {} }, request) => {
    const row = await endpoints.get(name)
    await notifications.addEnded() // of deployments that ended under the settings that are replaced
    await configure(row, { email_notifications }, request)
    return { name: row.name, email_notifications }
  })
  for (const op of [PatchTelemetryConfig, PatchSystemMetricsExport] as const)
    handle(app, op, async ({ name }) => endpointOnWire(await endpoints.get(name), deployments, 'CAN_MANAGE'))
}
