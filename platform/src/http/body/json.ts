import type { FastifyInstance } from 'fastify'
import { invalid } from '../../errors.js'
import { WrongTypeError } from '../../protocol/validate.js'
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

/** JSON.parse reads 9.0 as 9; MLflow's message shows 9.0 and calls it a float. @param text that the body was parsed from */
export function withNumbersAsWritten(error: unknown, text: string | undefined): unknown {
  if (!(error instanceof WrongTypeError) || error.type !== 'int' || text === undefined) return error
  const { path, value } = error
  const name = path.split('.').at(-1)!.replace(INDEX, '')
  const isFloat = [...text.matchAll(FLOATS)].some(
    ([, key, literal]) => key === name && Number(literal) === value,
  )
  return isFloat ? new WrongTypeError({ path, value, type: 'float' }) : error
}

const INDEX = /\[\d+\]$/
/** Members with a decimal point, below the 22 digits from which JavaScript writes an exponent. */
const FLOATS = /"(\w+)"\s*:\s*(-?\d{1,21}\.\d+)/g

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
