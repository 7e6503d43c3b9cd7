import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { AuditLog } from '../audit/audit-log.js'
import { parseBodies } from './body/json.js'
import { auditRequests } from './plugins/audit.js'
import { busyPoll } from './plugins/busy-poll.js'
import { boundConnections } from './plugins/connections.js'
import { drainBeforeClose } from './plugins/drain.js'
import { renderErrors, renderRoutingError } from './plugins/errors.js'
import { health, type ReadinessCheck } from './plugins/health.js'
import { type GuardOptions, guardHostAndOrigin } from './plugins/host-guard.js'
import { rejectMalformedHttp } from './plugins/malformed-http.js'
import { metrics } from './plugins/metrics.js'
import { handleNotFound } from './plugins/not-found.js'
import { openApi } from './plugins/openapi.js'
import { authenticateRequests, type PrincipalOptions } from './plugins/principal.js'
import { rejectWhileStopping } from './plugins/stopping.js'
import { traceContext } from './plugins/trace-context.js'
import { sendJson } from './response/send-json.js'
import { registryUrl, withOneSlash } from './unity-catalog-registry.js'

export interface AppOptions extends GuardOptions, PrincipalOptions {
  readonly logger: FastifyServerOptions['logger']
  readonly ready: readonly ReadinessCheck[]
  /** Addresses and networks of proxies whose forwarded headers are believed. */
  readonly trustedProxies?: readonly string[]
  /** Without it nothing is recorded. */
  readonly audit?: AuditLog
}

const MAX_BODY_BYTES = 16 * 1024 * 1024
const HEADERS_TIMEOUT_MS = 60_000

/** Creates the application that services are registered on: authentication, errors, host guard, health, metrics, OpenAPI. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: options.logger ?? false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    logController: new Fastify.LogController({
      requestIdLogLabel: 'request_id',
      disableRequestLogging: true,
    }),
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    forceCloseConnections: 'idle',
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 4 },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2000 },
    return503OnClosing: false, // see stopping.ts
    rewriteUrl: ({ url = '/' }) => registryUrl(withOneSlash(url)),
    frameworkErrors: renderRoutingError,
    clientErrorHandler: rejectMalformedHttp,
  })
  app.setValidatorCompiler(() => () => true) // operations validate themselves, see handle.ts
  sendJson(app)
  renderErrors(app)
  parseBodies(app)
  traceContext(app)
  rejectWhileStopping(app)
  drainBeforeClose(app)
  boundConnections(app)
  auditRequests(app, options.audit)
  guardHostAndOrigin(app, options)
  authenticateRequests(app, options)
  metrics(app)
  busyPoll(app)
  await openApi(app)
  health(app, options.ready)
  handleNotFound(app)
  return app
}

const requestId = (header: string | string[] | undefined) =>
  typeof header === 'string' && /^[\w.-]{1,128}$/.test(header) ? header : randomUUID()
