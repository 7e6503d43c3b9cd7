import { CairnError } from '../cairn-error.js'

/** Parses a JSON response; an empty body is `{}`. @throws CairnError MALFORMED_RESPONSE with the content type received */
export async function parseJson(response: Response): Promise<unknown> {
  const text = await response.text()
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch (cause) {
    throw new CairnError('MALFORMED_RESPONSE', malformedMessage(response), response.status, { cause })
  }
}

/** Another web server, or a proxy's login page, may also respond with 200. */
function malformedMessage({ url, redirected, headers }: Response): string {
  const address = url.replace(/[?#].*$/s, '') || 'The server'
  const source = redirected ? `${address} (after a redirect)` : address
  const type = headers.get('content-type')?.split(';')[0] || 'an unknown content type'
  return `${source} responded with ${type} instead of JSON. Is it a Cairn or MLflow server?`
}
