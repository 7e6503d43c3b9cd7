import { ApiError } from '../errors.js'

/** Parses a response for an API client. An empty body is `{}`. @throws INTERNAL_ERROR describing a body that is not JSON */
export async function parseJsonResponse(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw notJsonError(response, { cause })
  }
}

/** Returns the error for a page, because another web server, or the login page of a proxy, may respond with 200 too. */
export function notJsonError(
  { url, redirected, ok, status, headers }: Response,
  options?: ErrorOptions,
): ApiError {
  const address = url.replace(/[?#].*$/s, '') || 'The server'
  const where = redirected ? `${address}, where the request was redirected to,` : address
  const type = headers.get('content-type')?.split(';')[0] || 'text of no type'
  const sentence = `${where} answered ${ok ? '' : `${status} `}with ${type} and not with JSON`
  // Other statuses may come from a Cairn server or from a proxy before it.
  const isOtherServer = ok || status === 404 || status === 405
  return new ApiError(
    'INTERNAL_ERROR',
    isOtherServer ? `${sentence}: is it a Cairn or MLflow server?` : `${sentence}.`,
    options,
  )
}
