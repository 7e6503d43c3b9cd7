import type { FastifyRequest } from 'fastify'
import type { EndpointConfig } from '../endpoint-state/config.js'

const MAX_LENGTH = 1_000

/** `champion: movies/@champion (Small)` for each served entity, then the routes. */
const textOf = ({ entities, routes }: EndpointConfig): string =>
  [
    ...entities.map((one) => `${one.name}: ${one.entity_name}/${one.entity_version} (${one.workload_size})`),
    ...(routes ?? []).map((route) => `${route.served_model_name} ${route.traffic_percentage} %`),
  ]
    .join(', ')
    .slice(0, MAX_LENGTH)

/** Adds the new configuration to the audit event. @param before JSON */
export function noteConfig(request: FastifyRequest, before: string | null, after: EndpointConfig) {
  request.noteChange({
    field: 'config',
    before: before === null ? null : textOf(JSON.parse(before) as EndpointConfig),
    after: textOf(after),
  })
}
