import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { redactUrl } from './redact-url.js'
import { RequestDurations } from './request-durations.js'
import { Throttle } from './throttle.js'

/** The default interval. An overloaded server refuses thousands of requests a second, and must not log each of them. */
const UNAVAILABLE_MS = 1_000

/**
 * Serves Prometheus metrics at `/metrics`: request durations by route and status, and those of the process. Requires MANAGE on
 * the metastore, because labels contain the names of endpoints.
 *
 * @param unavailableMs the interval in which one response 503 of a route is logged
 */
export function metrics(app: FastifyInstance, unavailableMs = UNAVAILABLE_MS) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = new RequestDurations(registry)
  const unavailable = new Throttle(unavailableMs)
  const logSkipped = (now: number) => {
    for (const [route, skipped] of unavailable.expire(now))
      app.log.warn({ route, status: 503, skipped }, 'requests failed')
  }
  const timer = setInterval(() => logSkipped(performance.now()), unavailableMs).unref()
  app.addHook('onClose', async () => {
    clearInterval(timer)
    logSkipped(Number.POSITIVE_INFINITY)
  })
  app.decorate('metrics', registry)
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    const { statusCode: status } = reply
    durations.add(request.method, route, status, reply.elapsedTime / 1000)
    if (status === 503) {
      const skipped = unavailable.take(route, performance.now())
      if (skipped !== undefined) request.log.warn({ ...lineOf(request, reply), skipped }, 'request failed')
    } else if (status >= 500) request.log.warn(lineOf(request, reply), 'request failed')
    else if (request.log.level === 'debug' || request.log.level === 'trace')
      request.log.debug(lineOf(request, reply), 'request completed')
    done()
  })
  app.get(
    '/metrics',
    { config: { right: { privilege: 'MANAGE', on: 'metastore' } }, schema: { hide: true } },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  )
}

const lineOf = ({ method, url }: FastifyRequest, { statusCode, elapsedTime }: FastifyReply) => ({
  method,
  url: redactUrl(url),
  status: statusCode,
  ms: Math.round(elapsedTime),
})

declare module 'fastify' {
  interface FastifyInstance {
    /** The Prometheus registry behind `/metrics`; services add their own series. */
    metrics: Registry
  }
}
