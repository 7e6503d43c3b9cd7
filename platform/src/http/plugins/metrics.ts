import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { redactUrl } from './redact-url.js'

/**
 * Serves Prometheus metrics at `/metrics`: request durations by route and status, and those of the process. Requires MANAGE on
 * the metastore, because labels contain the names of endpoints.
 */
export function metrics(app: FastifyInstance) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const duration = new Histogram({
    name: 'cairn_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its response',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  app.decorate('metrics', registry)
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
    const line = {
      method: request.method,
      url: redactUrl(request.url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    }
    if (reply.statusCode >= 500) request.log.warn(line, 'request failed')
    else request.log.debug(line, 'request completed')
  })
  app.get(
    '/metrics',
    { config: { right: { privilege: 'MANAGE', on: 'metastore' } }, schema: { hide: true } },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  )
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The Prometheus registry behind `/metrics`; services add their own series. */
    metrics: Registry
  }
}
