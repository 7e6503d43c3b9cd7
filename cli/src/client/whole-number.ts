import { invalid } from '@cairn/platform/errors'

/** What a flag or an id says, where it counts. @throws INVALID_PARAMETER_VALUE */
export function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw invalid(`'${text}' is no whole number.`)
}
