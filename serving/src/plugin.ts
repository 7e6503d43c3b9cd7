import { join } from 'node:path'
import { artifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { migrate } from '@cairn/platform/db/migrate'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import { Deployments } from './deployments/deployments.js'
import { Reconciler } from './deployments/reconciler.js'
import { endpointRoutes } from './endpoints/routes.js'
import { EndpointStore } from './endpoints/store.js'
import { invocationRoutes } from './invocations/routes.js'
import { EndpointMetrics } from './metrics/endpoint-metrics.js'
import { permissionRoutes } from './permissions/routes.js'
import { RoutingTable } from './routing/routing-table.js'
import { ModelCache } from './runtime/model-cache.js'
import { ModelLoader } from './runtime/model-loader.js'
import { ModelPool } from './runtime/model-pool.js'
import type { ServingSchema } from './schema.js'

/** Databricks serving endpoints for registered models, each loaded in its own thread. */
export const serving: FastifyPluginAsync<{ context: ServiceContext }> = async (app, { context }) => {
  await migrate(context.db, 'serving', new URL('./migrations/', import.meta.url))
  const { authorizer, grants, identities } = context
  const endpoints = new EndpointStore(context.db.for<ServingSchema>(), context.now, context.events.announce)
  const cache = new ModelCache(
    join(context.config.data, 'cache', 'models'),
    artifactLocations(context.config, context.blobs),
  )
  const deployments = new Deployments()
  const routing = new RoutingTable()
  const reconciler = new Reconciler(
    endpoints,
    new ModelLoader(context.client(), cache, new ModelPool()),
    deployments,
    routing,
    app.log,
  )
  await app.register(endpointRoutes, { endpoints, deployments, routing, reconciler, authorizer, grants })
  await app.register(invocationRoutes, {
    endpoints,
    routing,
    deployments,
    metrics: new EndpointMetrics(app.metrics),
  })
  await app.register(permissionRoutes, { endpoints, grants, identities })
  app.addHook('onReady', async () => reconciler.start())
  app.addHook('onClose', async () => {
    await reconciler.stop()
    await deployments.close()
  })
}
