import { invalid } from '@cairn/platform/errors'
import type { Id } from '../id.js'
import type { Row } from '../scoring-protocol/scoring-input.js'
import type { RecommendRequest } from './recommendation.js'

const MAX_ITEMS = 1000
const MAX_IDS = 10_000
const FIELDS = new Set(['user_id', 'history', 'k', 'filter_seen', 'exclude', 'reasons', 'context'])
const MAX_NAMES_IN_NOTICE = 5

/**
 * Parses one row of a request. Like MLflow's schema enforcement, treats `null` as absent and ignores unknown fields; a
 * notice names them.
 *
 * @throws INVALID_PARAMETER_VALUE naming the field
 */
export function parseRequest(row: Readonly<Row>): RecommendRequest {
  const { user_id, history, k, filter_seen, exclude, reasons } = row
  const notices = ignoredFields(row)
  return {
    ...(isPresent(user_id) && { user_id: parseId(user_id, 'user_id') }),
    ...(isPresent(history) && { history: parseIds(history, 'history') }),
    k: isPresent(k) ? parseCount(k) : 10,
    filter_seen: isPresent(filter_seen) ? parseFlag(filter_seen, 'filter_seen') : true,
    ...(isPresent(exclude) && { exclude: parseIds(exclude, 'exclude') }),
    ...(isPresent(reasons) && { reasons: parseFlag(reasons, 'reasons') }),
    ...(notices.length > 0 && { notices }),
  }
}

const isPresent = (value: unknown) => value !== undefined && value !== null

const refuse = (field: string, rule: string) =>
  invalid(`Invalid value for parameter '${field}' supplied: it must be ${rule}`)

function parseId(value: unknown, field: string): Id {
  if (typeof value === 'string' && value.length <= 1000) return value
  if (Number.isSafeInteger(value)) return value as number
  throw refuse(field, 'an integer or text')
}

function parseIds(value: unknown, field: string): Id[] {
  if (!Array.isArray(value)) throw refuse(field, 'a list of item ids')
  if (value.length > MAX_IDS) throw refuse(field, `a list of at most ${MAX_IDS} items, got ${value.length}`)
  return value.map((id, index) => parseId(id, `${field}[${index}]`))
}

function parseCount(value: unknown): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_ITEMS)
    return value as number
  throw refuse('k', `an integer from 1 to ${MAX_ITEMS}`)
}

function parseFlag(value: unknown, field: string): boolean {
  if (typeof value === 'boolean') return value
  throw refuse(field, 'true or false')
}

function ignoredFields(row: Readonly<Row>): string[] {
  const notices: string[] = []
  if (isPresent(row.context)) {
    if (typeof row.context !== 'object' || Array.isArray(row.context)) throw refuse('context', 'an object')
    notices.push('context: the model does not use it')
  }
  const unknown = Object.keys(row).filter((name) => !FIELDS.has(name))
  if (unknown.length === 0) return notices
  const named = unknown.slice(0, MAX_NAMES_IN_NOTICE).map((name) => JSON.stringify(name).slice(0, 60))
  const more = unknown.length > named.length ? ` and ${unknown.length - named.length} more` : ''
  return [...notices, `unknown fields are ignored: ${named.join(', ')}${more}`]
}
