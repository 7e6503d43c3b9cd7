import { ApiError, type ErrorCode, messageOf } from '@cairn/platform/errors'

/** An error of a request, as threads and processes of models send it. */
export interface PredictionError {
  readonly code: ErrorCode
  readonly message: string
  /** For the log: it may contain values of the request. */
  readonly cause?: string
}

export const toPredictionError = (error: unknown): PredictionError =>
  error instanceof ApiError
    ? { code: error.code, message: error.message }
    : { code: 'INTERNAL_ERROR', message: 'The model failed on this request.', cause: messageOf(error) }

export const toApiError = ({ code, message, cause }: PredictionError): ApiError =>
  new ApiError(code, message, { cause })
