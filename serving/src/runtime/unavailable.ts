import { ApiError } from '@cairn/platform/errors'

/** The error of a request to a model that has stopped, with the reason in a few words. */
export const unavailable = (reason: string, options?: ErrorOptions) =>
  new ApiError('TEMPORARILY_UNAVAILABLE', `The model is unavailable: ${reason}.`, options)
