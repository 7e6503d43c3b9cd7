import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '@cairn/platform/errors'
import { EndpointPermissions } from '@cairn/platform/protocol/object-permissions'
import { CHAMPION } from '@cairn/platform/protocol/promotions'
import {
  CreateServingEndpoint,
  GetServingEndpoint,
  type ServingEndpoint,
} from '@cairn/platform/protocol/serving-endpoints'
import Type from 'typebox'
import { defineTask, type TaskContext } from '../../engine/task.js'
import { DEMO_ENDPOINT } from '../demo-job.js'
import { undefinedIfMissing } from '../existence.js'

const POLL_MS = 200

/** Creates an endpoint that follows the champion, grants queries, and waits until it serves the champion. */
export const deployTask = defineTask({
  entry: 'models/deploy',
  parameters: Type.Object({
    model: Type.String(),
    endpoint: Type.Optional(Type.String()),
    query_group: Type.Optional(Type.String({ description: 'A group that may query the endpoint.' })),
  }),
  async run(context) {
    const { model, endpoint: name = DEMO_ENDPOINT, query_group } = context.parameters
    const { client, log } = context
    const entity = { name: model, entity_name: model, entity_version: `@${CHAMPION}` }
    const endpoint =
      (await undefinedIfMissing(client(GetServingEndpoint, { name }))) ??
      (await client(CreateServingEndpoint, { name, config: { served_entities: [entity] } }))
    if (query_group) {
      const access_control_list = [{ group_name: query_group, permission_level: 'CAN_QUERY' as const }]
      await client(EndpointPermissions.Update, { id: endpoint.id, access_control_list })
    }
    const ready = await waitUntilServed(context, name)
    const version = ready.config?.served_entities[0]?.entity_version ?? ''
    log.info(`endpoint ${name} serves ${model} ${version}`)
    return { endpoint: name, version }
  },
})

/** Waits until the endpoint serves the version that upstream tasks promoted. */
async function waitUntilServed(
  { client, signal, values, progress }: TaskContext,
  name: string,
): Promise<ServingEndpoint> {
  const wanted = Object.values(values).find(
    (outputs) => outputs.champion_version !== undefined,
  )?.champion_version
  for (; ; await sleep(POLL_MS, undefined, { signal })) {
    const endpoint = await client(GetServingEndpoint, { name })
    const [served] = endpoint.config?.served_entities ?? []
    const message = served?.state.deployment_state_message || served?.state.deployment || 'waiting'
    progress({ done: 0, message })
    if (endpoint.state.config_update === 'UPDATE_FAILED' || served?.state.deployment === 'DEPLOYMENT_FAILED')
      throw new ApiError('FAILED_PRECONDITION', `Endpoint '${name}': ${message}`)
    const isCurrent = typeof wanted !== 'string' || served?.entity_version === wanted
    if (endpoint.state.ready === 'READY' && endpoint.state.config_update === 'NOT_UPDATING' && isCurrent)
      return endpoint
  }
}
