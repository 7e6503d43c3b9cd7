import { handle } from '@cairn/platform/http/handle'
import { GetShadowStatistics } from '@cairn/platform/protocol/serving-traffic'
import type { FastifyPluginAsync } from 'fastify'
import type { Deployments } from '../deployments/deployments.js'
import type { EndpointAccess } from '../endpoints/access.js'
import { READ_ENDPOINT } from '../endpoints/permission-level.js'
import type { Shadow } from './shadow.js'
import { ShadowStats } from './shadow-stats.js'

interface Options {
  readonly access: EndpointAccess
  readonly deployments: Deployments
  readonly shadow: Shadow
}

/** The comparison of an endpoint with its shadow. */
export const trafficRoutes: FastifyPluginAsync<Options> = async (app, { access, deployments, shadow }) => {
  handle(app, GetShadowStatistics, async ({ name }, request) => {
    const row = await access.require(request, READ_ENDPOINT, name)
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
