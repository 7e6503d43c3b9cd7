import type {
  CompareEndpointDeployments,
  DeployedEntity,
  DeploymentChange,
  EndpointDeployment,
  ListEndpointDeployments,
  RollBackServingEndpoint,
} from '@cairn/platform/protocol/cairn/serving-deployments'
import type {
  GetServedModelBuildLogs,
  GetServedModelLogs,
} from '@cairn/platform/protocol/databricks/served-model-logs'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export type { DeployedEntity, DeploymentChange, EndpointDeployment }
export type DeploymentPage = Output<typeof ListEndpointDeployments>

/** Newest first. */
export const listDeployments = (query: Input<typeof ListEndpointDeployments>, signal?: AbortSignal) =>
  call<typeof ListEndpointDeployments>(
    'GET /api/cairn/v1/serving-endpoints/{name}/deployments',
    { max_results: 50, ...query },
    signal,
  )

/** Compares deployment `number` with `against`; default: the deployment before it. */
export const compareDeployments = async (
  query: Input<typeof CompareEndpointDeployments>,
  signal?: AbortSignal,
) =>
  (
    await call<typeof CompareEndpointDeployments>(
      'GET /api/cairn/v1/serving-endpoints/{name}/deployments/{number}/diff',
      query,
      signal,
    )
  ).changes

export const rollBack = (name: string, number: number) =>
  call<typeof RollBackServingEndpoint>('POST /api/cairn/v1/serving-endpoints/{name}/rollback', {
    name,
    number,
  })

export type LogKind = 'build' | 'model'

/** The log of the last deployment of a served entity, or the recent log of its model. */
export const getEntityLog = async (
  kind: LogKind,
  served: Input<typeof GetServedModelLogs>,
  signal?: AbortSignal,
) => {
  const { logs } =
    kind === 'build'
      ? await call<typeof GetServedModelBuildLogs>(
          'GET /api/2.0/serving-endpoints/{name}/served-models/{served_model_name}/build-logs',
          served,
          signal,
        )
      : await call<typeof GetServedModelLogs>(
          'GET /api/2.0/serving-endpoints/{name}/served-models/{served_model_name}/logs',
          served,
          signal,
        )
  return logs
}
