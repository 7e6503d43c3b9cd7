import { decodePageToken, encodePageToken } from '@cairn/platform/db/page'
import { ApiError, missing } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  CompareEndpointDeployments,
  ListEndpointDeployments,
  RollBackServingEndpoint,
} from '@cairn/platform/protocol/cairn/serving-deployments'
import {
  GetServedModelBuildLogs,
  GetServedModelLogs,
} from '@cairn/platform/protocol/databricks/served-model-logs'
import type { FastifyPluginAsync } from 'fastify'
import type { LoadedDeployments } from '../deployments/loaded-deployments.js'
import type { ModelLogs } from '../deployments/model-logs.js'
import type { Reconciler } from '../deployments/reconciler.js'
import { hasEntity } from '../endpoint-state/config.js'
import type { DeploymentStore } from '../endpoint-state/deployment-store.js'
import type { EndpointStore } from '../endpoint-state/endpoint-store.js'
import type { EndpointRow } from '../schema.js'
import { changesBetween, deploymentOnWire, pinnedConfig } from './deployment-wire.js'
import { requireModels } from './require-models.js'
import { endpointOnWire } from './wire.js'

interface Options {
  readonly endpoints: EndpointStore
  readonly history: DeploymentStore
  readonly deployments: LoadedDeployments
  readonly logs: ModelLogs
  readonly reconciler: Reconciler
}

const PAGE = 100

/** The history of an endpoint, rolling back in it, and the logs of its served entities. */
export const deploymentRoutes: FastifyPluginAsync<Options> = async (
  app,
  { endpoints, history, deployments, logs, reconciler },
) => {
  handle(app, ListEndpointDeployments, async ({ name, max_results = PAGE, page_token }) => {
    const row = await endpoints.get(name)
    const before = decodePageToken(page_token, (value) =>
      Number.isSafeInteger(value) ? Number(value) : undefined,
    )
    const { page, last } = await history.list(row.id, max_results, before)
    return {
      deployments: page.map((deployment) => deploymentOnWire(deployment, row)),
      ...(last && { next_page_token: encodePageToken(last.number) }),
    }
  })

  handle(app, CompareEndpointDeployments, async ({ name, number, against = number - 1 }) => {
    const row = await endpoints.get(name)
    const after = await history.get(row, number)
    const before = against === 0 ? undefined : await history.get(row, against)
    return { number, against, changes: changesBetween(before, after) }
  })

  handle(app, RollBackServingEndpoint, async ({ name, number }, request) => {
    const row = await endpoints.get(name)
    const target = await rollbackTarget(history, row, number)
    await requireModels(request, pinnedConfig(target))
    const proposal = {
      reason: `rolled back to ${target.number}`,
      by: request.principal,
      resolved: target.resolved ?? undefined,
    }
    const proposed = await endpoints.propose(row.id, pinnedConfig(target), proposal)
    reconciler.wake()
    return endpointOnWire(proposed, deployments, 'CAN_MANAGE')
  })

  handle(app, GetServedModelLogs, async ({ name, served_model_name }) => {
    const row = await endpoints.get(name)
    if (!hasEntity(row, served_model_name)) throw noEntity(row, served_model_name)
    return { logs: logs.read(row.id, served_model_name) }
  })

  handle(app, GetServedModelBuildLogs, async ({ name, served_model_name }) => {
    const row = await endpoints.get(name)
    const deployment = await history.findWithEntity(row.id, served_model_name)
    if (!deployment) throw noEntity(row, served_model_name)
    const lines = deployment.log.split('\n').filter((line) => line.includes(` [${served_model_name}] `))
    return { logs: lines.map((line) => `${line}\n`).join('') }
  })
}

/** A roll back targets deployments before this number. After a roll back it goes further back instead of undoing it. */
async function rollbackBound(history: DeploymentStore, row: EndpointRow): Promise<number> {
  if (row.deployment === null) return 0
  const { reason } = await history.get(row, row.deployment)
  return Number(/^rolled back to (\d+)$/.exec(reason)?.[1] ?? row.deployment)
}

/** @throws INVALID_STATE for a deployment that cannot be repeated */
async function rollbackTarget(history: DeploymentStore, row: EndpointRow, number: number | undefined) {
  if (number === undefined) {
    const target = await history.findSuccessful(row.id, await rollbackBound(history, row))
    if (!target)
      throw new ApiError('INVALID_STATE', `Endpoint '${row.name}' has no earlier deployment to roll back to.`)
    return target
  }
  const target = await history.get(row, number)
  if (target.outcome !== 'SUCCEEDED' || target.resolved === null)
    throw new ApiError(
      'INVALID_STATE',
      `Deployment ${number} of '${row.name}' cannot be rolled back to: ${
        target.outcome === 'SUCCEEDED' ? 'its versions were not recorded' : 'it did not succeed'
      }.`,
    )
  return target
}

const noEntity = (row: EndpointRow, entity: string) =>
  missing(`Endpoint '${row.name}' has no served entity '${entity}'.`)
