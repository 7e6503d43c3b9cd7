import { invalid } from '@cairn/platform/errors'

/** Parses a non-negative integer of a flag or an id. @throws INVALID_PARAMETER_VALUE */
export function parseInteger(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw invalid(`'${text}' is not an integer.`)
}
