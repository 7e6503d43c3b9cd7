import { CairnError } from '../cairn-error.js'

/** What a JSON API answered; an empty body is `{}`. @throws MALFORMED_RESPONSE, saying what came, for what is no JSON */
export async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text()
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch (cause) {
    throw new CairnError('MALFORMED_RESPONSE', notJson(response), response.status, { cause })
  }
}

/** Another web server, or a proxy's login page, answers with 200 as well. */
function notJson({ url, redirected, headers }: Response): string {
  const place = url.replace(/[?#].*$/s, '') || 'The server'
  const where = redirected ? `${place}, where the request was sent on to,` : place
  const type = headers.get('content-type')?.split(';')[0] || 'text of no type'
  return `${where} answered with ${type} and not with JSON: is it a Cairn or MLflow server?`
}
