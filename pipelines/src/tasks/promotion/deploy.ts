import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '@cairn/platform/errors'
import { CHAMPION } from '@cairn/platform/protocol/promotions'
import {
  CreateServingEndpoint,
  GetServingEndpoint,
  type ServingEndpoint,
  UpdateEndpointPermissions,
} from '@cairn/platform/protocol/serving-endpoints'
import Type from 'typebox'
import { defineTask, type TaskContext } from '../../engine/task.js'
import { orAbsent } from '../absent.js'
import { DEMO_ENDPOINT } from '../demo-job.js'

const POLL_MS = 200

/** An endpoint that follows the champion, and who may ask it. Resolves when the champion answers. */
export const deploy = defineTask({
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
      (await orAbsent(client(GetServingEndpoint, { name }))) ??
      (await client(CreateServingEndpoint, { name, config: { served_entities: [entity] } }))
    if (query_group) {
      const access_control_list = [{ group_name: query_group, permission_level: 'CAN_QUERY' as const }]
      await client(UpdateEndpointPermissions, { id: endpoint.id, access_control_list })
    }
    const ready = await untilServed(context, name)
    const version = ready.config?.served_entities[0]?.entity_version ?? ''
    log.info(`endpoint ${name} serves ${model} ${version}`)
    return { endpoint: name, version }
  },
})

/** Until the version that the alias names now is the one that answers. */
async function untilServed(
  { client, signal, values, progress }: TaskContext,
  name: string,
): Promise<ServingEndpoint> {
  const wanted = Object.values(values).find((one) => one.champion_version !== undefined)?.champion_version
  for (; ; await sleep(POLL_MS, undefined, { signal })) {
    const endpoint = await client(GetServingEndpoint, { name })
    const [served] = endpoint.config?.served_entities ?? []
    const message = served?.state.deployment_state_message || served?.state.deployment || 'waiting'
    progress({ done: 0, message })
    if (endpoint.state.config_update === 'UPDATE_FAILED' || served?.state.deployment === 'DEPLOYMENT_FAILED')
      throw new ApiError('FAILED_PRECONDITION', `Endpoint '${name}': ${message}`)
    const current = typeof wanted !== 'string' || served?.entity_version === wanted
    if (endpoint.state.ready === 'READY' && endpoint.state.config_update === 'NOT_UPDATING' && current)
      return endpoint
  }
}
