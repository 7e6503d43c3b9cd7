import type { IncomingMessage } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { invalid } from '../../errors.js'
import { WrongTypeError } from '../../protocol/validate.js'
import { checkJson } from './json-limits.js'
import { OFFLOADED_BYTES, OffloadedBody } from './offloaded-body.js'
import { receiveBytes } from './receive-bytes.js'

/**
 * Parses JSON bodies as leniently as MLflow's clients need: an empty body is `{}`, and a JSON string that contains JSON
 * is parsed again. Malformed JSON is rejected with its position.
 */
export function parseBodies(app: FastifyInstance) {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    /^application\/(scim\+)?json/,
    async (request: FastifyRequest, payload: IncomingMessage) => {
      const { bytes } = await receiveBytes(request, payload)
      if (bytes.length >= OFFLOADED_BYTES && request.routeOptions.config.offload?.isReady())
        return new OffloadedBody(bytes)
      if (bytes.length >= LARGE_BYTES) return parseLarge(bytes)
      const text = bytes.toString()
      return withSourceText(parseJson(text), text)
    },
  )
  // Other bodies stream to the handlers that accept them (artifacts); operations reject them by content type.
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
}

/** The length from which bodies take milliseconds to check and to parse. */
const LARGE_BYTES = 1024 * 1024

/** Parses a large body, and lets other requests run between the steps. */
async function parseLarge(bytes: Buffer): Promise<unknown> {
  const text = bytes.toString()
  await setImmediate()
  if (text.trim() === '') return {}
  checkJson(text)
  await setImmediate()
  const value = parseChecked(text)
  await setImmediate()
  return typeof value === 'string' ? parse(value) : value
}

const MAX_SOURCE_LENGTH = 100_000
const sourceTexts = new WeakMap<object, string>()

function withSourceText(value: unknown, text: string): unknown {
  if (typeof value === 'object' && value !== null && text.length <= MAX_SOURCE_LENGTH)
    sourceTexts.set(value, text)
  return value
}

/** Returns the text that a body was parsed from; undefined for long bodies. */
export const sourceTextOf = (body: unknown) =>
  typeof body === 'object' && body !== null ? sourceTexts.get(body) : undefined

/** Writes numbers in an error as in the body, because JSON.parse reads 9.0 as 9. @param text that the body was parsed from */
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
/** Matches members with a decimal point, below the 22 digits from which JavaScript writes an exponent. */
const FLOATS = /"(\w+)"\s*:\s*(-?\d{1,21}\.\d+)/g

export function parseJson(text: string): unknown {
  if (text.trim() === '') return {}
  const value = parse(text)
  return typeof value === 'string' ? parse(value) : value
}

function parse(text: string): unknown {
  checkJson(text)
  return parseChecked(text)
}

function parseChecked(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalid(
      `The request body is not valid JSON: ${cause instanceof Error ? cause.message.slice(0, 200) : cause}`,
      { cause },
    )
  }
}
