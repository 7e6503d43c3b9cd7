import type { TSchema } from 'typebox'
import { invalid } from '../errors.js'

/** MLflow's boolean variables may also be 0 and 1. */
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false }

/**
 * Reads a setting from the text of a variable or flag. A validator would be compiled at each start of a server, which takes a
 * tenth of the time of the start.
 *
 * @param source the variable or flag, such as `CAIRN_PORT` or `--port`
 * @throws INVALID_PARAMETER_VALUE naming the source
 */
export function parseSetting(schema: TSchema, text: string, source: string): string | number | boolean {
  const { type, anyOf } = schema as { type?: string; anyOf?: readonly { const: string }[] }
  if (type === 'integer') return parseInteger(schema, text, source)
  if (type === 'boolean') {
    const value = BOOLEANS[text.toLowerCase()]
    if (value === undefined) throw invalid(`${source}: '${text}' is neither true nor false.`)
    return value
  }
  const choices = anyOf?.map((choice) => choice.const)
  if (choices && !choices.includes(text))
    throw invalid(`${source}: '${text}' is not one of ${choices.join(', ')}.`)
  const { pattern = '' } = schema as { pattern?: string }
  if (!new RegExp(pattern).test(text)) throw invalid(`${source}: '${text}' does not match ${pattern}.`)
  return text
}

function parseInteger(
  { minimum, maximum }: { minimum?: number; maximum?: number },
  text: string,
  source: string,
): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value))
    throw invalid(`${source}: '${text}' is not an integer.`)
  const isTooSmall = minimum !== undefined && value < minimum
  const isTooLarge = maximum !== undefined && value > maximum
  if (isTooSmall || isTooLarge) throw invalid(`${source}: ${value} is not ${range(minimum, maximum)}.`)
  return value
}

function range(minimum: number | undefined, maximum: number | undefined) {
  if (minimum === undefined) return `at most ${maximum}`
  return maximum === undefined ? `at least ${minimum}` : `between ${minimum} and ${maximum}`
}
