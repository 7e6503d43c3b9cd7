import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { Authenticate } from '../auth/authenticate.js'
import type { Authorizer } from '../auth/authorizer.js'
import { stayAwake } from './awake.js'
import { refuseUnroutable, renderErrors } from './errors.js'
import { type GuardOptions, guardHostAndOrigin } from './guard.js'
import { health, type ReadinessCheck } from './health.js'
import { parseBodies } from './json.js'
import { meter } from './metrics.js'
import { openApi } from './openapi.js'
import { identify } from './principal.js'
import { sendJson } from './send-json.js'
import { refuseWhileStopping } from './stopping.js'
import { trace } from './trace.js'
import { refuseUnknown } from './unknown.js'
import { refuseUnreadable } from './unreadable.js'

export interface AppOptions extends GuardOptions {
  readonly logger: FastifyServerOptions['logger']
  readonly authenticate: Authenticate
  readonly authorizer: Authorizer
  readonly ready: readonly ReadinessCheck[]
}

const MAX_BODY_BYTES = 16 * 1024 * 1024

/** The bare application every service is registered on: identity, errors, guards, health, metrics, OpenAPI. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: options.logger ?? false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    logController: new Fastify.LogController({
      requestIdLogLabel: 'request_id',
      disableRequestLogging: true,
    }),
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2000 },
    return503OnClosing: false, // see stopping.ts
    // As Flask does: some of MLflow's callers join a slash too many.
    rewriteUrl: ({ url = '/' }) => url.replace(/^\/{2,}/, '/'),
    frameworkErrors: refuseUnroutable,
    clientErrorHandler: refuseUnreadable,
  })
  app.setValidatorCompiler(() => () => true) // operations validate themselves, see handle.ts
  sendJson(app)
  renderErrors(app)
  parseBodies(app)
  trace(app)
  refuseWhileStopping(app)
  guardHostAndOrigin(app, options)
  identify(app, options.authenticate, options.authorizer)
  meter(app)
  stayAwake(app)
  await openApi(app)
  health(app, options.ready)
  refuseUnknown(app)
  return app
}

const requestId = (given: string | string[] | undefined) =>
  typeof given === 'string' && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID()
