import type { Identities } from '@cairn/platform/auth/identities'
import type { Tokens } from '@cairn/platform/auth/tokens'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { GetRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import type { EntityConfig } from '../endpoint-state/config.js'

interface FollowerParts {
  readonly identities: Identities
  readonly tokens: Pick<Tokens, 'issue' | 'revoke'>
  /** Creates a client with the rights of a token. */
  readonly client: (token: string) => Client
}

/** @throws INVALID_PARAMETER_VALUE when the writer of the configuration may no longer read the model; TEMPORARILY_UNAVAILABLE */
export type RequireFollower = (entity: EntityConfig) => Promise<void>

const TOKEN_SECONDS = 60
const REFUSALS = [401, 403, 404]
const SAVE_AGAIN = 'Somebody who may read the model can save the configuration again.'

/**
 * An alias is followed with the rights that the writer of the configuration has now, because the server reads models with its own;
 * and only of the model that the configuration named, because another one may have got its name.
 */
export const followerRights =
  ({ identities, tokens, client }: FollowerParts): RequireFollower =>
  async ({ entity_name: name, follower }) => {
    if (!follower) return // written by an earlier release
    const { principal_id, model_created } = follower
    const writer = await getWriter(identities, principal_id)
    const options = { seconds: TOKEN_SECONDS, scopes: ['read'] }
    const { secret, token } = await tokens.issue(principal_id, 'follow an alias', options)
    try {
      const { registered_model } = await client(secret)(GetRegisteredModel, { name })
      if (model_created === undefined || registered_model.creation_timestamp === model_created) return
    } catch (cause) {
      if (!(cause instanceof ApiError) || !REFUSALS.includes(cause.statusCode)) throw cause
      const sentence = `'${writer}', who wrote the configuration, may no longer read the model '${name}'.`
      throw invalid(`${sentence} ${SAVE_AGAIN}`, { cause })
    } finally {
      await tokens.revoke(principal_id, token.id).catch(() => undefined) // it expires anyway
    }
    throw invalid(`'${name}' is another model than the one that the configuration named. ${SAVE_AGAIN}`)
  }

/** @returns the name of the principal. @throws INVALID_PARAMETER_VALUE if it was deleted or deactivated */
async function getWriter(identities: Identities, id: string): Promise<string> {
  const principal = await identities.find(id)
  if (principal?.id !== id)
    throw invalid(`The principal that wrote the configuration was deleted. ${SAVE_AGAIN}`)
  if (!principal.active)
    throw invalid(`'${principal.name}', who wrote the configuration, is deactivated. ${SAVE_AGAIN}`)
  return principal.name
}
