import { invalid } from '@cairn/platform/errors'

/** Parses the non-negative integer of an option or an argument. @throws INVALID_PARAMETER_VALUE */
export function parseInteger(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw invalid(`'${text}' is not an integer.`)
}
