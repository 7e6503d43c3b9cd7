import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import {
  GetServingEndpoint,
  type ServingEndpoint,
} from '@cairn/platform/protocol/databricks/serving-endpoints'

const WAIT_MS = 120_000

/** @throws INVALID_STATE with the endpoint's message when the deployment failed, DEADLINE_EXCEEDED after two minutes */
export async function waitUntilDeployed(call: Client, name: string): Promise<ServingEndpoint> {
  for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline; ) {
    const endpoint = await call(GetServingEndpoint, { name })
    const { config_update, ready } = endpoint.state
    if (config_update === 'UPDATE_FAILED') {
      const messages = endpoint.pending_config?.served_entities
        .map((entity) => entity.state.deployment_state_message)
        .join(' ')
      throw new ApiError('INVALID_STATE', `The endpoint '${name}' could not be deployed. ${messages}`)
    }
    if (config_update === 'NOT_UPDATING' && ready === 'READY') return endpoint
    await sleep(250)
  }
  throw new ApiError(
    'DEADLINE_EXCEEDED',
    `The endpoint '${name}' is not ready after ${WAIT_MS / 1000} s. Check its state with \`cairn endpoints get ${name}\`.`,
  )
}
