import type { ApiError } from '@cairn/platform/errors'

/** The body of an error in the Open Inference Protocol. */
export const openInferenceError = ({ message }: ApiError) => ({ error: message })
