import { renderErrors, renderRoutingError } from '@cairn/platform/http/plugins/errors'
import { guardHostAndOrigin } from '@cairn/platform/http/plugins/host-guard'
import { rejectMalformedHttp } from '@cairn/platform/http/plugins/malformed-http'
import { handleNotFound } from '@cairn/platform/http/plugins/not-found'
import { rejectWhileStopping } from '@cairn/platform/http/plugins/stopping'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { onDisconnect } from '../invocations/on-disconnect.js'
import { sendResponse } from '../invocations/send-answer.js'
import { MAX_BODY_BYTES } from '../protocols/body-bytes.js'
import { requestBody, takeBytes } from '../request-body/request-body.js'
import type { ModelHost } from '../runtime/model-host.js'
import { unavailable } from '../runtime/unavailable.js'

const TEXT = 'text/plain; charset=utf-8'

export interface ScoringServerOptions {
  readonly model: ModelHost
  /** The answer of `/version`. */
  readonly version: string
  /** Accepted Host headers besides loopback and private addresses; `*` matches any text. */
  readonly allowedHosts: readonly string[]
  readonly logger?: FastifyServerOptions['logger']
}

/** The HTTP interface of MLflow's scoring server, for one model and without authentication. */
export function createScoringServer(options: ScoringServerOptions): FastifyInstance {
  const { model, version, allowedHosts, logger = false } = options
  const app = Fastify({
    logger,
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
    return503OnClosing: false, // see `rejectWhileStopping`
    frameworkErrors: renderRoutingError,
    clientErrorHandler: rejectMalformedHttp,
  })
  renderErrors(app)
  rejectWhileStopping(app)
  guardHostAndOrigin(app, { allowedHosts })
  handleNotFound(app)
  takeBytes(app)
  // MLflow answers these in plain text.
  app.addHook('onSend', async (_request, reply, payload) => {
    if (reply.statusCode !== 415) return payload
    void reply.type(TEXT)
    return (JSON.parse(String(payload)) as { message: string }).message
  })
  for (const path of ['/ping', '/health'])
    app.get(path, async (_request, reply) => {
      if (model.failure !== undefined) throw unavailable(model.failure)
      return reply.type('application/json').send('\n')
    })
  app.get('/version', async (_request, reply) => reply.type(TEXT).send(version))
  app.post('/invocations', async (request, reply) => {
    const query = { protocol: 'mlflow', body: requestBody(request), name: 'model', version: '1' } as const
    const { response } = await model.predict(query, { onDisconnect: onDisconnect(reply) })
    return sendResponse(response, reply)
  })
  return app
}
