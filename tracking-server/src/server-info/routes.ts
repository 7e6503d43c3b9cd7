import { handle } from '@cairn/platform/http/handle'
import { workspacesDisabled } from '@cairn/platform/http/plugins/host-guard'
import { GetServerInfo, MLFLOW_VERSION } from '@cairn/platform/protocol/mlflow/server-info'
import type { FastifyPluginAsync } from 'fastify'

const OPEN = { config: { right: 'anyone' }, schema: { hide: true } } as const

/** Responses that tell MLflow's UI, without errors, that a feature is not available. */
const DISABLED_FEATURES = {
  '/ajax-api/3.0/mlflow/assistant/config': { providers: {}, projects: {}, remote_access_allowed: false },
  '/ajax-api/3.0/mlflow/assistant/providers': { providers: [], resolved: null, gateway_vendor_options: {} },
  '/ajax-api/3.0/mlflow/gateway/secrets/config': {
    secrets_available: false,
    using_default_passphrase: false,
  },
} as const

const WORKSPACES = [
  'workspaces',
  'workspaces/:workspace_name',
  'workspaces/:workspace_name/permissions',
  'workspace-permissions',
]

/** Endpoints that clients and MLflow's UI call first. */
export const serverInfoRoutes: FastifyPluginAsync = async (app) => {
  handle(app, GetServerInfo, async () => ({ store_type: 'SqlStore', workspaces_enabled: false }))
  app.get('/version', OPEN, async (_request, reply) => reply.type('text/plain').send(MLFLOW_VERSION))

  const telemetry = '/ajax-api/3.0/mlflow/ui-telemetry'
  const silence = { disable_ui_events: [], disable_ui_telemetry: true, ui_rollout_percentage: 0 }
  app.get(telemetry, OPEN, async () => silence)
  app.post(telemetry, OPEN, async () => ({ status: 'disabled' }))
  for (const prefix of ['/api', '/ajax-api'])
    for (const path of WORKSPACES)
      app.route({
        ...OPEN,
        method: ['GET', 'POST', 'PATCH', 'DELETE'],
        url: `${prefix}/3.0/mlflow/${path}`,
        handler: async () => {
          throw workspacesDisabled()
        },
      })
  for (const [path, body] of Object.entries(DISABLED_FEATURES)) app.get(path, OPEN, async () => body)
}
