import { join } from 'node:path'
import { newProcessId } from '@cairn/platform/processes/process-id'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { Admission } from './admission/admission.js'
import { openCapture } from './capture/open-capture.js'
import { openInferenceRoutes } from './invocations/open-inference-routes.js'
import { EndpointQueries, type QueryParts } from './invocations/query-endpoint.js'
import { invocationRoutes } from './invocations/routes.js'
import type { RoutingTable } from './routing/routing-table.js'
import { trafficRoutes } from './traffic/routes.js'
import { Shadow } from './traffic/shadow.js'

interface Options extends Pick<QueryParts, 'endpoints' | 'routing' | 'deployments' | 'metrics'> {
  readonly context: ServiceContext
}

/** Serves the queries of endpoints in all protocols. */
export const dataPlane: FastifyPluginAsync<Options> = async (app, { context, ...parts }) => {
  const { endpoints, routing, deployments } = parts
  const capture = captureOf(app, context, routing)
  const shadow = new Shadow()
  app.decorateRequest('authorizedEndpoint', undefined)
  const queries = new EndpointQueries({
    ...parts,
    shadow,
    admission: new Admission(context.authorizer),
    record: (query) => capture.writer.add(query),
  })
  await app.register(invocationRoutes, { queries })
  await app.register(openInferenceRoutes, { queries, routing, deployments })
  await app.register(trafficRoutes, { endpoints, deployments, shadow })
  app.addHook('onReady', async () => capture.start())
  app.addHook('onClose', () => capture.stop())
}

/** Writes the queries of endpoints with an inference table. */
const captureOf = (app: FastifyInstance, context: ServiceContext, routing: RoutingTable) =>
  openCapture({
    blobs: context.blobs,
    call: context.client(),
    holder: newProcessId(),
    metrics: app.metrics,
    now: context.now,
    log: app.log,
    root: join(context.config.data, 'inference-tables'),
    settings: () => routing.list().flatMap(({ capture }) => capture ?? []),
  })
