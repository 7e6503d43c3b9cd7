import { ApiError, missing } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { renderErrors } from '@cairn/platform/http/plugins/errors'
import {
  INFERENCE_MODEL,
  INFERENCE_MODEL_VERSION,
  InferenceRepositoryIndex,
  InferenceServerLive,
  InferenceServerMetadata,
  InferenceServerReady,
} from '@cairn/platform/protocol/open-inference'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { LoadedDeployment, LoadedDeployments } from '../deployments/loaded-deployments.js'
import type { ServedModel } from '../deployments/served-model.js'
import { describeModel } from '../protocols/oip/model-metadata.js'
import { takeBytes } from '../request-body/request-body.js'
import type { RoutingTable } from '../routing/routing-table.js'
import { handleBytes } from './handle-bytes.js'
import { openInferenceError } from './open-inference-error.js'
import { pickServed } from './pick-served.js'
import type { EndpointQueries } from './query-endpoint.js'

interface Options {
  readonly queries: EndpointQueries
  readonly routing: RoutingTable
  readonly deployments: LoadedDeployments
}

/** Queries of endpoints in the Open Inference Protocol v2: a model is an endpoint, its versions are the served entities. */
export const openInferenceRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  renderErrors(app, openInferenceError)
  serverRoutes(app, options)
  for (const ops of [INFERENCE_MODEL, INFERENCE_MODEL_VERSION]) modelRoutes(app, ops, options)
  await app.register(async (inference) => {
    takeBytes(inference, (request) =>
      options.queries.refuseEarly((request.params as ModelPath).model, request),
    )
    for (const { infer } of [INFERENCE_MODEL, INFERENCE_MODEL_VERSION])
      handleBytes(inference, infer, async (request, reply) => {
        const { model, version } = request.params as ModelPath
        const { row } = await options.queries.authorizedEndpoint(model, request)
        const entity = version === undefined ? undefined : entityOf(options.deployments.find(row.id), version)
        const query = { endpoint: model, entity, protocol: 'oip' } as const
        return options.queries.answer(query, request, reply)
      })
  })
}

interface ModelPath {
  readonly model: string
  readonly version?: string
}

function serverRoutes(app: FastifyInstance, { routing, deployments }: Options) {
  handle(app, InferenceServerMetadata, async () => ({
    name: 'cairn',
    version: '2',
    extensions: ['binary_tensor_data', 'model_repository'],
  }))
  handle(app, InferenceServerLive, async () => ({ live: true }))
  handle(app, InferenceServerReady, async () => ({ ready: true }))
  handle(app, InferenceRepositoryIndex, async ({ ready = false }, request) => {
    const endpoints = routing.list()
    const allowed = await request.allowedObjects('serving_endpoint')
    const ids = await allowed?.among(endpoints.map(({ row }) => row.id))
    return endpoints
      .filter(({ row }) => ids?.has(row.id) ?? true)
      .flatMap(({ row }) => {
        const served = allServed(deployments.find(row.id)).filter(
          ({ model }) => model.host.failure === undefined,
        )
        if (served.length > 0)
          return served.map((one) => ({
            name: row.name,
            version: versionName(one, served),
            state: 'READY',
            reason: '',
          }))
        return ready
          ? []
          : [{ name: row.name, version: '', state: 'UNAVAILABLE', reason: row.update_message }]
      })
  })
}

type ModelOperations = typeof INFERENCE_MODEL | typeof INFERENCE_MODEL_VERSION

function modelRoutes(app: FastifyInstance, { metadata, ready }: ModelOperations, options: Options) {
  const { queries, deployments } = options
  const servedOf = async ({ model, version }: ModelPath, request: FastifyRequest) => {
    const { row } = await queries.authorizedEndpoint(model, request)
    const deployment = deployments.find(row.id)
    const entity = version === undefined ? undefined : entityOf(deployment, version)
    return { row, served: pickServed(row, deployment, { entity }) }
  }
  handle(app, metadata, async (path: ModelPath, request) => {
    const { row, served } = await servedOf(path, request)
    const { inputs, outputs, ...own } = describeModel({
      ...served.model.host.description,
      name: row.name,
      version: served.version,
    })
    const all = allServed(deployments.find(row.id))
    return {
      ...own,
      versions: all.map((one) => versionName(one, all)),
      inputs: [...inputs],
      outputs: [...outputs],
    }
  })
  handle(app, ready, async (path: ModelPath, request) => {
    const { row, served } = await servedOf(path, request)
    if (served.model.host.failure === undefined) return { name: row.name, ready: true }
    throw new ApiError('TEMPORARILY_UNAVAILABLE', `Endpoint '${row.name}' is not ready.`)
  })
}

const allServed = (deployment: LoadedDeployment | undefined): readonly ServedModel[] => [
  ...(deployment?.served.values() ?? []),
]

/** Names a served entity in the protocol: by the version of its model, or by its name where others have the same version. */
function versionName(served: ServedModel, all: readonly ServedModel[]): string {
  const isUnique = all.every((one) => one === served || one.version !== served.version)
  return isUnique ? served.version : served.entity.name
}

/** The name of the served entity with this name or this version of the model. @throws RESOURCE_DOES_NOT_EXIST */
function entityOf(deployment: LoadedDeployment | undefined, version: string): string {
  const all = allServed(deployment)
  const found =
    all.find(({ entity }) => entity.name === version) ?? all.find((one) => versionName(one, all) === version)
  if (!found) throw missing(`The endpoint has no version '${version}'.`)
  return found.entity.name
}
