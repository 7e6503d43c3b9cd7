import type { TSchema } from 'typebox'
import { invalid } from '../../errors.js'
import { compileInputParser } from '../../protocol/validate.js'
import { parseJson, withNumbersAsWritten } from './json.js'

/** Creates a function that parses a body into the input of an operation. Threads can use it too. */
export function jsonReader<Input>(schema: TSchema): (text: string, query: object) => Input {
  const parse = compileInputParser<Input>(schema)
  return (text, query) => {
    const body = parseJson(text)
    try {
      return parse(withQuery(body, query))
    } catch (error) {
      throw withNumbersAsWritten(error, text)
    }
  }
}

/** Adds query parameters to the body, in place because copying takes longer than parsing. @throws INVALID_PARAMETER_VALUE */
export function withQuery(body: unknown, query: object): object {
  if (typeof body !== 'object' || Array.isArray(body))
    throw invalid('The request body must be a JSON object.')
  const object = (body ?? {}) as Record<string, unknown>
  for (const [name, value] of Object.entries(query)) if (!(name in object)) object[name] = value
  return object
}
