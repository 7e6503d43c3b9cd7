import { handle } from '@cairn/platform/http/handle'
import { GetShadowStatistics } from '@cairn/platform/protocol/cairn/serving-traffic'
import type { FastifyPluginAsync } from 'fastify'
import type { LoadedDeployments } from '../deployments/loaded-deployments.js'
import type { EndpointStore } from '../endpoint-state/endpoint-store.js'
import type { Shadow } from './shadow.js'
import { ShadowStats } from './shadow-stats.js'

interface Options {
  readonly endpoints: EndpointStore
  readonly deployments: LoadedDeployments
  readonly shadow: Shadow
}

/** Compares endpoints with their shadows. */
export const trafficRoutes: FastifyPluginAsync<Options> = async (app, { endpoints, deployments, shadow }) => {
  handle(app, GetShadowStatistics, async ({ name }) => {
    const row = await endpoints.get(name)
    const deployment = deployments.find(row.id)
    const { shadow: config } = deployment?.config ?? {}
    if (!deployment || !config) return new ShadowStats().toJSON()
    return {
      served_entity_name: config.served_model_name,
      sampling_percentage: config.sampling_percentage,
      ...shadow.stats(deployment).toJSON(),
    }
  })
}
