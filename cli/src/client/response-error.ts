import { ApiError, isErrorCode } from '@cairn/platform/errors'

/** The error of a response that is not 2xx: that of the server, or one with the status and the beginning of another text. */
export function responseError(status: number, text: string): ApiError {
  try {
    const { error_code, message } = JSON.parse(text)
    return new ApiError(isErrorCode(error_code) ? error_code : 'INTERNAL_ERROR', message)
  } catch {
    return new ApiError('INTERNAL_ERROR', `The server returned ${status}: ${text.slice(0, 500)}`)
  }
}
