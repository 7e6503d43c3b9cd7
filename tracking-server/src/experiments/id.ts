import { invalid } from '@cairn/platform/errors'

/** No experiment has it. */
const NONE = -1

/**
 * Experiment ids are whole numbers, text on the wire.
 *
 * @throws INVALID_PARAMETER_VALUE for what is no whole number
 */
export function experimentNumber(id: string): number {
  if (!/^[+-]?\d+$/.test(id))
    throw invalid(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`)
  const number = Number(id)
  return Number.isSafeInteger(number) ? number : NONE
}
