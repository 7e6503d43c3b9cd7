import { invalid, missingParameter } from '@cairn/platform/errors'
import type { EndpointFeedback } from '@cairn/platform/protocol/cairn/serving-feedback'
import type { FeedbackRow } from '../schema.js'

export type OutcomeRow = Omit<FeedbackRow, 'endpoint_id' | 'sender'>

/** The name of an outcome without one. */
const DEFAULT_NAME = 'outcome'
const MAX_NAMES = 20
const NAME = /^[\w.-]{1,100}$/

/**
 * The outcomes of one answer by name.
 *
 * @param field prefix of field names in errors
 * @throws INVALID_PARAMETER_VALUE naming the field
 */
export function outcomeRows(
  { request_id = '', client_request_id = '', outcome, timestamp }: EndpointFeedback,
  field: string,
  now: number,
): OutcomeRow[] {
  if (!request_id === !client_request_id)
    throw invalid(`Exactly one of '${field}request_id' and '${field}client_request_id' is required.`)
  return outcomesOf(outcome, `${field}outcome`).map(([name, value]) => ({
    request_id,
    client_request_id,
    name,
    outcome: value,
    timestamp: timestamp ?? now,
  }))
}

function outcomesOf(outcome: unknown, field: string): readonly (readonly [string, number])[] {
  if (outcome === undefined || outcome === null) throw missingParameter(field)
  if (typeof outcome === 'number') {
    if (!(outcome >= 0 && outcome <= 1))
      throw invalid(`'${field}' must be from 0 to 1: name an outcome on another scale.`)
    return [[DEFAULT_NAME, outcome]]
  }
  if (typeof outcome === 'object' && !Array.isArray(outcome)) return namedOutcomes(outcome, field)
  throw invalid(`'${field}' must be a number or an object of numbers.`)
}

function namedOutcomes(outcome: object, field: string): readonly (readonly [string, number])[] {
  const named = Object.entries(outcome)
  if (named.length === 0 || named.length > MAX_NAMES)
    throw invalid(`'${field}' must have 1 to ${MAX_NAMES} numbers.`)
  for (const [name, value] of named) {
    if (!NAME.test(name))
      throw invalid(`'${field}' has a name with other characters than letters, digits and _ . -`)
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw invalid(`'${field}.${name}' must be a number.`)
  }
  return named as [string, number][]
}
