import { handle } from '@cairn/platform/http/handle'
import { GetServingEndpointMetrics } from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { FastifyPluginAsync } from 'fastify'
import type { EndpointStore } from '../endpoint-state/endpoint-store.js'
import type { EndpointMetrics } from '../metrics/endpoint-metrics.js'

interface Options {
  readonly endpoints: EndpointStore
  readonly metrics: EndpointMetrics
}

/** Serves the metrics of one endpoint in Prometheus' text format. */
export const metricsRoutes: FastifyPluginAsync<Options> = async (app, { endpoints, metrics }) => {
  handle(app, GetServingEndpointMetrics, async ({ name }, _request, reply) => {
    const row = await endpoints.get(name)
    void reply.type('text/plain; version=0.0.4; charset=utf-8')
    return metrics.text(row.name)
  })
}
