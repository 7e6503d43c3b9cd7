import { ApiError } from '@cairn/platform/errors'

/** Rejects a query before the model gets it, because the model has more queries than it can answer in time. */
export class EndpointBusyError extends ApiError {
  constructor(reason = 'The endpoint is busy.') {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0 // collecting the stack takes longer than the rest of a refusal
    super('TEMPORARILY_UNAVAILABLE', `${reason} Try again in a moment.`)
    Error.stackTraceLimit = stackTraceLimit
  }
}
