import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
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
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    const { statusCode: status } = reply
    duration.observe({ method: request.method, route, status }, reply.elapsedTime / 1000)
    if (status >= 500) request.log.warn(lineOf(request, reply), 'request failed')
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
