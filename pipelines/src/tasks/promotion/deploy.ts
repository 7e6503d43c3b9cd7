import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '@cairn/platform/errors'
import { CHAMPION } from '@cairn/platform/protocol/cairn/promotions'
import { EndpointPermissions } from '@cairn/platform/protocol/databricks/object-permissions'
import {
  CreateServingEndpoint,
  GetServingEndpoint,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import Type from 'typebox'
import { defineTask, type TaskContext } from '../../task-kinds/task.js'
import { undefinedIfMissing } from '../existence.js'
import { findChampion } from './find-champion.js'

const POLL_MS = 200

/** Creates an endpoint that follows the champion if it is missing, grants queries, and waits until it serves the champion. */
export const deployTask = defineTask({
  entry: 'models/deploy',
  parameters: Type.Object({
    model: Type.String(),
    endpoint: Type.Optional(Type.String({ description: 'Default: the name of the model.' })),
    query_group: Type.Optional(Type.String({ description: 'A group that may query the endpoint.' })),
  }),
  async run(context) {
    const { model, endpoint: name = model, query_group } = context.parameters
    const { client, log } = context
    const entity = { name: model, entity_name: model, entity_version: `@${CHAMPION}` }
    const endpoint =
      (await undefinedIfMissing(client(GetServingEndpoint, { name }))) ??
      (await client(CreateServingEndpoint, { name, config: { served_entities: [entity] } }))
    if (query_group) {
      const access_control_list = [{ group_name: query_group, permission_level: 'CAN_QUERY' as const }]
      await client(EndpointPermissions.Update, { id: endpoint.id, access_control_list })
    }
    const version = await waitUntilServed(context, name, model)
    log.info(`endpoint ${name} serves ${model} ${version}`)
    return { endpoint: name, version }
  },
})

/** @throws FAILED_PRECONDITION when the deployment fails, or the endpoint does not follow the champion of the model */
async function waitUntilServed(context: TaskContext, name: string, model: string): Promise<string> {
  const { client, signal, progress } = context
  for (; ; await sleep(POLL_MS, undefined, { signal })) {
    const { state, config } = await client(GetServingEndpoint, { name })
    const [served] = config?.served_entities ?? []
    const message = served?.state.deployment_state_message || served?.state.deployment || 'waiting'
    progress({ done: 0, message })
    if (served && (served.entity_name !== model || served.entity_alias !== CHAMPION))
      throw new ApiError(
        'FAILED_PRECONDITION',
        `Endpoint '${name}' does not follow the alias '${CHAMPION}' of ${model}.`,
      )
    if (state.config_update === 'UPDATE_FAILED' || served?.state.deployment === 'DEPLOYMENT_FAILED')
      throw new ApiError('FAILED_PRECONDITION', `Endpoint '${name}': ${message}`)
    const isSettled = state.ready === 'READY' && state.config_update === 'NOT_UPDATING'
    if (isSettled && served && served.entity_version === (await findChampion(context, model)))
      return served.entity_version
  }
}
