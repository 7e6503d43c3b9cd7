import { ApiError } from '../errors.js'
import type { Caller } from './principal.js'
import type { Tokens } from './tokens.js'

export interface AttemptToken {
  readonly secret: string
  readonly id: string
  /** Revokes the token. Does not fail, because the token expires anyway. */
  revoke(): Promise<void>
}

/** Issues a token that ends with an attempt of a task, for its code or for the server when it acts for the code. */
export async function issueAttemptToken(
  tokens: Tokens,
  principalId: string,
  taskRunId: number,
  seconds: number,
): Promise<AttemptToken> {
  const options = { seconds, purpose: 'attempt' } as const
  const { secret, token } = await tokens.issue(principalId, `task run ${taskRunId}`, options)
  const revoke = () => tokens.revoke(principalId, token.id).then(nothing, nothing)
  return { secret, id: token.id, revoke }
}

const nothing = () => undefined

/** Returns whether the caller is the code of a task. */
export const isAttempt = async (tokens: Tokens, { token }: Caller): Promise<boolean> =>
  token !== undefined && (await tokens.findPurpose(token)) === 'attempt'

/**
 * Rejects the code of a task. Its token is valid only while the attempt runs, so it must not create others.
 *
 * @throws PERMISSION_DENIED for the token of an attempt
 */
export async function rejectAttempt(tokens: Tokens, caller: Caller): Promise<void> {
  if (!(await isAttempt(tokens, caller))) return
  throw new ApiError(
    'PERMISSION_DENIED',
    'This token ends with the attempt of a task, which must not create tokens, invitations or passwords that outlast it. Create them outside of jobs.',
  )
}
