import { ApiError } from '../errors.js'
import type { Caller } from './principal.js'
import type { Tokens } from './tokens.js'

const LABEL = /^task run \d+$/

/** The label by which the token of an attempt is known. */
export const attemptTokenLabel = (taskRunId: number) => `task run ${taskRunId}`

/** Whether the caller is the code of a task. */
export async function isAttempt(tokens: Tokens, { token }: Caller): Promise<boolean> {
  const label = token === undefined ? undefined : await tokens.findLabel(token)
  return label !== undefined && LABEL.test(label)
}

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
