import { ApiError } from '@cairn/platform/errors'

/** `deadline` is in milliseconds since the epoch. @throws DEADLINE_EXCEEDED */
export function checkDeadline(deadline: number | undefined): void {
  if (deadline !== undefined && Date.now() > deadline)
    throw new ApiError('DEADLINE_EXCEEDED', 'The deadline of the request has passed.')
}
