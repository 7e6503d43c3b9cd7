import { invalid } from '@cairn/platform/errors'
import { parseDocument } from 'yaml'

/** @param name of the file, for messages. @throws INVALID_PARAMETER_VALUE when the text is not a YAML mapping */
export function parseYamlMapping(name: string, text: string): Record<string, unknown> {
  const refuse = (reason: string) => invalid(`${name}: not readable as YAML: ${reason}`)
  const document = parseDocument(text, { version: '1.2', logLevel: 'silent' })
  const [error] = document.errors
  if (error) throw refuse(error.message)
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 50 })
  } catch (cause) {
    throw refuse((cause as Error).message)
  }
  if (!isMapping(value)) throw refuse('not a mapping')
  return value
}

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
