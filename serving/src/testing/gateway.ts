import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import { newProcessId } from '@cairn/platform/processes/process-id'
import { newFolder } from '@cairn/platform/testing/folders'
import { silentLog } from '@cairn/platform/testing/silent-log'
import { Registry } from 'prom-client'
import { EntityLoading } from '../deployments/entity-loading.js'
import type { RequireFollower } from '../deployments/follower-rights.js'
import { LoadedDeployments } from '../deployments/loaded-deployments.js'
import { ModelLogs } from '../deployments/model-logs.js'
import { Reconciler } from '../deployments/reconciler.js'
import { parseConfig } from '../endpoint-state/config.js'
import { DeploymentStore } from '../endpoint-state/deployment-store.js'
import { EndpointStore } from '../endpoint-state/endpoint-store.js'
import { EndpointMetrics } from '../metrics/endpoint-metrics.js'
import { RoutingTable } from '../routing/routing-table.js'
import { ModelCache } from '../runtime/model-cache.js'
import { ModelLoader } from '../runtime/model-loader.js'
import { ModelPool } from '../runtime/model-pool.js'
import type { ServingSchema } from '../schema.js'
import type { TestRegistry } from './registry.js'

/** A process that serves the endpoints of a database, without HTTP. */
export function aGateway(
  db: Db<unknown>,
  registry: TestRegistry,
  cacheFolder = newFolder(),
  requireFollower: RequireFollower = async () => undefined,
) {
  const schema = db.for<ServingSchema>()
  const endpoints = new EndpointStore(schema, Date.now, () => undefined)
  const history = new DeploymentStore(schema, Date.now)
  const deployments = new LoadedDeployments()
  const logs = new ModelLogs()
  const locations = new ArtifactLocations({ proxied: registry.blobs, roots: [], s3: {} })
  const cache = new ModelCache(cacheFolder, locations)
  const loader = new ModelLoader(registry.call, cache, new ModelPool())
  const loading = new EntityLoading({
    ...{ loader, deployments, history, logs, requireFollower },
    now: Date.now,
  })
  const reconciler = new Reconciler({
    endpoints,
    history,
    deployments,
    routing: new RoutingTable(),
    loading,
    logs,
    metrics: new EndpointMetrics(new Registry()),
    call: registry.call,
    holder: newProcessId(),
    log: silentLog,
  })
  return {
    endpoints,
    history,
    deployments,
    logs,
    reconciler,
    create: (entity_version: string) =>
      endpoints.create('e', aConfig(entity_version), LOCAL_OWNER, { tags: [], description: '' }),
    update: async (entity_version: string) =>
      endpoints.propose((await endpoints.get('e')).id, aConfig(entity_version), {
        reason: 'updated',
        by: LOCAL_OWNER,
      }),
    /** The version that this process serves. */
    served: async () => deployments.find((await endpoints.get('e')).id)?.served.get('m')?.version,
    /** Newest first. */
    deploymentRows: async () => (await history.list((await endpoints.get('e')).id, 100)).page,
    async close() {
      await reconciler.stop()
      await deployments.close()
    },
  }
}

const aConfig = (entity_version: string) =>
  parseConfig({ served_entities: [{ name: 'm', entity_name: 'movies', entity_version }] })
