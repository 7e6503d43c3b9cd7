import type { FastifyInstance } from 'fastify'
import { ApiError, invalid } from '../../errors.js'
import { checkJsonLimits } from './json-limits.js'
import { OFFLOADED_BYTES, OffloadedBody } from './offloaded-body.js'

/**
 * JSON bodies, leniently typed as MLflow's clients send them: an empty body is `{}`, a JSON string that holds JSON is
 * decoded once more. What is not JSON is refused with the position.
 */
export function parseBodies(app: FastifyInstance) {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(/^application\/(scim\+)?json/, { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer
    if (bytes.length >= OFFLOADED_BYTES && request.routeOptions.config.large?.isReady()) {
      done(null, new OffloadedBody(bytes))
      return
    }
    try {
      const text = bytes.toString()
      done(null, remembered(parseJson(text), text))
    } catch (error) {
      done(error as Error)
    }
  })
  // Other bodies stream to the handlers that ask for them (artifacts); operations refuse them by content type.
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
}

const MOST_REMEMBERED = 100_000
const texts = new WeakMap<object, string>()

function remembered(value: unknown, text: string): unknown {
  if (typeof value === 'object' && value !== null && text.length <= MOST_REMEMBERED) texts.set(value, text)
  return value
}

/** The text that a body was parsed from, unless it was long. */
export const sourceTextOf = (body: unknown) =>
  typeof body === 'object' && body !== null ? texts.get(body) : undefined

const WHOLE_NUMBER =
  /^Invalid value (-?\d+) for parameter '([^']+)' supplied: {2}Hint: Value was of type 'int'/

/** JavaScript reads 9.0 as 9. MLflow's messages quote a number as it was written, and say that it is a float. */
export function quotedAsWritten(error: unknown, text: string | undefined): unknown {
  if (!(error instanceof ApiError) || text === undefined) return error
  const [, value, path] = WHOLE_NUMBER.exec(error.message) ?? []
  const name = path
    ?.split('.')
    .at(-1)
    ?.replace(/\[\d+\]$/, '')
  const fraction = [...text.matchAll(/"(\w+)"\s*:\s*(-?\d+\.\d+)/g)].find(
    ([, key, literal]) => key === name && Number(literal) === Number(value),
  )
  if (!fraction) return error
  const message = error.message.replace(`value ${value} `, `value ${Number(value).toFixed(1)} `)
  return invalid(message.replace("type 'int'", "type 'float'"))
}

/** Databases end text at a NUL or refuse it, so it is refused before one is asked. */
const NUL = '\\u0000'

/** Whether one of them is an escape: not itself escaped, so with an even number of backslashes before it. */
function holdsNul(text: string): boolean {
  for (let at = text.indexOf(NUL); at >= 0; at = text.indexOf(NUL, at + NUL.length)) {
    let start = at
    while (text[start - 1] === '\\') start--
    if ((at - start) % 2 === 0) return true
  }
  return false
}

export function parseJson(text: string): unknown {
  if (text.trim() === '') return {}
  const value = parse(text)
  return typeof value === 'string' ? parse(value) : value
}

function parse(text: string): unknown {
  if (holdsNul(text))
    throw invalid('The request body holds a NUL character (\\u0000), which text cannot have.')
  checkJsonLimits(text)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalid(
      `The request body is not valid JSON: ${cause instanceof Error ? cause.message.slice(0, 200) : cause}`,
      { cause },
    )
  }
}
