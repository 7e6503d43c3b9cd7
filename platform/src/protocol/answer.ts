import { ApiError } from '../errors.js'

/** What a JSON API answered; an empty body is `{}`. @throws INTERNAL_ERROR, saying what came, for what is no JSON */
export async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw notJson(response, { cause })
  }
}

/** Another web server, or a proxy's login page, answers with 200 as well: taken for an empty answer it would mislead. */
export function notJson(
  { url, redirected, ok, status, headers }: Response,
  options?: ErrorOptions,
): ApiError {
  const place = url.replace(/[?#].*$/s, '') || 'The server'
  const where = redirected ? `${place}, where the request was sent on to,` : place
  const type = headers.get('content-type')?.split(';')[0] || 'text of no type'
  const said = `${where} answered ${ok ? '' : `${status} `}with ${type} and not with JSON`
  // Of the others a server of ours may say no more, or a proxy before it.
  const isElsewhere = ok || status === 404 || status === 405
  return new ApiError(
    'INTERNAL_ERROR',
    isElsewhere ? `${said}: is it a Cairn or MLflow server?` : `${said}.`,
    options,
  )
}
