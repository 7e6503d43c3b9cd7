import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { FastifyPluginAsync } from 'fastify'
import { Admission } from './admission/admission.js'
import { Memberships } from './admission/memberships.js'
import type { Deployments } from './deployments/deployments.js'
import type { EndpointStore } from './endpoints/store.js'
import { openInferenceRoutes } from './invocations/open-inference-routes.js'
import { EndpointQueries } from './invocations/query-endpoint.js'
import { invocationRoutes } from './invocations/routes.js'
import type { EndpointMetrics } from './metrics/endpoint-metrics.js'
import type { RoutingTable } from './routing/routing-table.js'
import { trafficRoutes } from './traffic/routes.js'
import { Shadow } from './traffic/shadow.js'

interface Options {
  readonly endpoints: EndpointStore
  readonly routing: RoutingTable
  readonly deployments: Deployments
  readonly metrics: EndpointMetrics
  readonly authorizer: Authorizer
}

/** The queries of endpoints, in every protocol. */
export const dataPlane: FastifyPluginAsync<Options> = async (app, { authorizer, ...parts }) => {
  const { endpoints, routing, deployments } = parts
  const shadow = new Shadow()
  const admission = new Admission(new Memberships((principal) => authorizer.idsAndNames(principal)))
  const queries = new EndpointQueries({ ...parts, admission, shadow })
  await app.register(invocationRoutes, { queries })
  await app.register(openInferenceRoutes, { queries, routing, deployments, authorizer })
  await app.register(trafficRoutes, { endpoints, deployments, shadow })
}
