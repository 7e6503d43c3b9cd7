import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { migrate } from '@cairn/platform/db/migrate'
import { missing } from '@cairn/platform/errors'
import { newProcessId } from '@cairn/platform/processes/process-id'
import type { Client } from '@cairn/platform/protocol/client'
import { testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { silentLog } from '@cairn/platform/testing/silent-log'
import { Registry } from 'prom-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '../endpoint-state/config.js'
import { DeploymentStore } from '../endpoint-state/deployment-store.js'
import { EndpointStore } from '../endpoint-state/endpoint-store.js'
import { EndpointMetrics } from '../metrics/endpoint-metrics.js'
import { RoutingTable } from '../routing/routing-table.js'
import type { ModelCache } from '../runtime/model-cache.js'
import { ModelLoader } from '../runtime/model-loader.js'
import { ModelPool } from '../runtime/model-pool.js'
import type { ServingSchema } from '../schema.js'
import { EntityLoading } from './entity-loading.js'
import { LoadedDeployments } from './loaded-deployments.js'
import { ModelLogs } from './model-logs.js'
import { Reconciler } from './reconciler.js'

describe.each(databases)('the reconciler on %s', (_name, database) => {
  test('keeps no failure of an endpoint that is deleted', async () => {
    const { db, close } = await testAuth(database)
    onTestFinished(() => close())
    await migrate(db, 'serving', new URL('../migrations/', import.meta.url))
    const endpoints = new EndpointStore(db.for<ServingSchema>(), Date.now, () => undefined)
    const noModels = (async () => {
      throw missing('No such model.')
    }) as unknown as Client
    const deployments = new LoadedDeployments()
    const history = new DeploymentStore(db.for<ServingSchema>(), Date.now)
    const logs = new ModelLogs()
    const loader = new ModelLoader(noModels, undefined as unknown as ModelCache, new ModelPool())
    const loading = new EntityLoading({
      ...{ loader, deployments, history, logs, now: Date.now },
      requireFollower: async () => undefined,
    })
    const parts = {
      endpoints,
      history,
      deployments,
      loading,
      logs,
      call: noModels,
      log: silentLog,
      routing: new RoutingTable(),
      metrics: new EndpointMetrics(new Registry()),
    }
    const reconciler = new Reconciler({ ...parts, holder: newProcessId() })
    const config = parseConfig({ served_entities: [{ entity_name: 'movies', entity_version: '1' }] })
    const row = await endpoints.create('e', config, LOCAL_OWNER, { tags: [], description: '' })
    const status = () => deployments.status(row, 'pending', config.entities[0]!).deployment
    reconciler.start()
    onTestFinished(() => reconciler.stop())
    await expect.poll(status, { timeout: 120_000 }).toBe('DEPLOYMENT_FAILED')
    await endpoints.delete(row)
    await expect.poll(status, { timeout: 120_000 }).toBe('DEPLOYMENT_CREATING')
  })
})
