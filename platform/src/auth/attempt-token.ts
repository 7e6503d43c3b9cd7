import { ApiError } from '../errors.js'
import type { Caller } from './principal.js'
import type { Tokens } from './tokens.js'

/** Whether the caller is the code of a task. */
export const isAttempt = async (tokens: Tokens, { token }: Caller): Promise<boolean> =>
  token !== undefined && (await tokens.findPurpose(token)) === 'attempt'

/**
 * The code of a task has its token only while the attempt runs: no other may come from it.
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
