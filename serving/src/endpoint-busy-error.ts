import { ApiError } from '@cairn/platform/errors'

/** Rejects a query that the model never saw, because it has more queries than it answers in time. */
export class EndpointBusyError extends ApiError {
  constructor(reason = 'The endpoint is busy.') {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0 // collecting the stack takes longer than the rest of a refusal
    super('TEMPORARILY_UNAVAILABLE', `${reason} Try again in a moment.`)
    Error.stackTraceLimit = stackTraceLimit
  }
}
