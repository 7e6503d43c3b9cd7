import { invalid } from '@cairn/platform/errors'

/** An id that no experiment has. */
const NONE = -1

/**
 * Parses an experiment id: an integer, a string on the wire.
 *
 * @throws INVALID_PARAMETER_VALUE if it is not an integer
 */
export function parseExperimentId(id: string): number {
  if (!/^[+-]?\d+$/.test(id))
    throw invalid(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`)
  const number = Number(id)
  return Number.isSafeInteger(number) ? number : NONE
}
