import { join } from 'node:path'
import { artifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { migrate } from '@cairn/platform/db/migrate'
import { newProcessId } from '@cairn/platform/processes/process-id'
import { SecretResolver } from '@cairn/platform/secrets/secret-resolver'
import type { ServiceContext } from '@cairn/platform/service-context'
import { configuredDestinations, type Destinations } from '@cairn/platform/webhooks/destinations'
import { webhookLimits } from '@cairn/platform/webhooks/limits'
import { Notifier } from '@cairn/platform/webhooks/notifier'
import { Outbox } from '@cairn/platform/webhooks/outbox'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { dataPlane } from './data-plane.js'
import { ChangeListener } from './deployments/change-listener.js'
import { EntityLoading } from './deployments/entity-loading.js'
import { followerRights } from './deployments/follower-rights.js'
import { LoadedDeployments } from './deployments/loaded-deployments.js'
import { ModelLogs } from './deployments/model-logs.js'
import { Reconciler } from './deployments/reconciler.js'
import { driftRoutes } from './drift/routes.js'
import { endpointNamings } from './endpoint-securable.js'
import { DeploymentStore } from './endpoint-state/deployment-store.js'
import { EndpointStore } from './endpoint-state/endpoint-store.js'
import { deploymentRoutes } from './endpoints/deployment-routes.js'
import { metricsRoutes } from './endpoints/metrics-routes.js'
import { openApiRoutes } from './endpoints/openapi-routes.js'
import { endpointRoutes } from './endpoints/routes.js'
import { endpointSource } from './endpoints/search-source.js'
import { settingsRoutes } from './endpoints/settings-routes.js'
import { feedbackRoutes } from './feedback/routes.js'
import { FeedbackStore } from './feedback/store.js'
import { garbageRoutes } from './gc/routes.js'
import { EndpointMetrics } from './metrics/endpoint-metrics.js'
import { NotificationStore } from './notifications/store.js'
import { RoutingTable } from './routing/routing-table.js'
import { ModelCache } from './runtime/model-cache.js'
import { ModelLoader } from './runtime/model-loader.js'
import { ModelPool } from './runtime/model-pool.js'
import { variableResolver } from './runtime/model-variables.js'
import type { ServingSchema } from './schema.js'
import { removeLeftHomes } from './sidecar/home-folders.js'
import { modelStarter, pythonModels } from './sidecar/start-model.js'

/** Databricks serving endpoints for registered models, each loaded in its own thread. */
export const serving: FastifyPluginAsync<{ context: ServiceContext }> = async (app, { context }) => {
  await migrate(context.db, 'serving', new URL('./migrations/', import.meta.url))
  const { authorizer, config, identities, now } = context
  const db = context.db.for<ServingSchema>()
  const call = context.client()
  const endpoints = new EndpointStore(db, now, context.events.announce)
  authorizer.objects.name('serving_endpoint', endpointNamings(db))
  context.search.add(endpointSource(db, authorizer))
  const history = new DeploymentStore(db, now)
  const models = openModels(context)
  const deployments = new LoadedDeployments()
  const feedback = new FeedbackStore(db)
  const routing = new RoutingTable()
  const metrics = new EndpointMetrics(app.metrics)
  const logs = new ModelLogs()
  const destinations = configuredDestinations(config)
  const notifications = new NotificationStore(context.db.for(), now)
  const notifier = createNotifier(app, context, notifications, destinations)
  const reconciler = new Reconciler({
    endpoints,
    history,
    deployments,
    routing,
    loading: new EntityLoading({
      ...{ loader: models.loader, deployments, history, logs, now },
      requireFollower: followerRights(context),
    }),
    logs,
    metrics,
    call,
    holder: newProcessId(),
    log: app.log,
    onDeployed: () => notifier.wake(),
  })
  const changes = new ChangeListener(context.events.feed, () => reconciler.wake(), app.log)
  const authorOf = settingsAuthors(context)
  const checks = { identities, call, destinations, blobs: context.blobs }
  const parts = { endpoints, history, deployments, routing, reconciler, metrics, logs }
  const shared = { authorizer, authorOf, call, now, blobs: context.blobs }
  const options = { ...parts, ...shared, feedback, checks, notifications, publicUrl: config.public_url }
  await app.register(endpointRoutes, options)
  await app.register(settingsRoutes, options)
  await app.register(deploymentRoutes, options)
  await app.register(metricsRoutes, options)
  await app.register(openApiRoutes, options)
  await app.register(dataPlane, { context, endpoints, routing, deployments, metrics })
  await app.register(feedbackRoutes, options)
  await app.register(driftRoutes, { ...options, context })
  await app.register(garbageRoutes, { ...models, now })
  app.addHook('onReady', async () => {
    void removeLeftovers(app, models.cache) // Fastify waits ten seconds for a hook, and large folders may take longer
    await changes.start()
    reconciler.start()
    notifier.start()
  })
  app.addHook('onClose', async () => {
    changes.stop()
    await reconciler.stop()
    await notifier.stop()
    await deployments.close()
    await models.cache.close()
  })
}

/** Deletes the files that servers left behind when they were killed. */
async function removeLeftovers({ log }: FastifyInstance, cache: ModelCache): Promise<void> {
  for (const remove of [() => cache.removeLeftovers(), removeLeftHomes])
    await remove().catch((err) => log.warn({ err }, 'leftovers of ended servers could not be deleted'))
}

function openModels({ config, blobs, client, identities, tokens }: ServiceContext) {
  const python = pythonModels(config)
  const cache = new ModelCache(join(config.data, 'cache', 'models'), artifactLocations(config, blobs))
  const pool = new ModelPool(modelStarter(python))
  const variablesOf = variableResolver(new SecretResolver({ tokens, client }), identities)
  const loader = new ModelLoader(client(), cache, pool, config.scale_to_zero_after * 1000, variablesOf)
  return { cache, pool, loader, environments: python?.environments }
}

const createNotifier = (
  { log }: FastifyInstance,
  { config, db, now }: ServiceContext,
  notifications: NotificationStore,
  destinations: Destinations,
) =>
  new Notifier({
    outbox: new Outbox(db, 'endpoint_notifications', now),
    collect: () => notifications.addEnded(),
    destinations,
    log,
    holder: newProcessId(),
    ...webhookLimits(config),
    now,
  })

const settingsAuthors = (context: ServiceContext) => (request: FastifyRequest) => ({
  principal: request.principal,
  client: context.client(request.credential()),
})
