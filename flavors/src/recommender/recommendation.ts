import { invalid } from '@cairn/platform/errors'
import type { Column, Signature } from '../mlmodel/signature.js'
import type { Id } from './id.js'

/** One question to a recommender, checked. */
export interface RecommendRequest {
  readonly user_id?: Id
  /** Items the user liked, oldest first. */
  readonly history?: readonly Id[]
  readonly k: number
  readonly filter_seen: boolean
}

/** Why an item is there. */
export type Reason =
  /** This item of the history contributed most: `contribution` of the score. */
  | { readonly type: 'history'; readonly item_id: Id; readonly title?: string; readonly contribution: number }
  /** Due to this item of the history the score is higher by `contribution`, more than due to another: no share of it. */
  | {
      readonly type: 'influence'
      readonly item_id: Id
      readonly title?: string
      readonly contribution: number
    }
  /** It is often taken after this item, the last of the history. */
  | { readonly type: 'recent'; readonly item_id: Id; readonly title?: string }
  /** What is known of it beside its events speaks most for it, e.g. `genres` or `year`: `contribution` of the score. */
  | { readonly type: 'trait'; readonly trait: string; readonly contribution: number }
  /** It fits the history, or the trained profile of the user, as a whole. */
  | { readonly type: 'profile' }
  /** Many like it: nothing more was known, or nothing else speaks more for it. */
  | { readonly type: 'popularity' }

export interface Recommendation {
  readonly item_id: Id
  readonly title?: string
  readonly genres?: string
  readonly score: number
  readonly reason: Reason
}

export interface RecommendAnswer {
  /** Best first, ties by item id; fewer than k only when the catalogue is exhausted. */
  readonly recommendations: readonly Recommendation[]
  /** What the answer was computed from. */
  readonly source: 'history' | 'user' | 'popularity'
  /** What was not used and why, one sentence each. */
  readonly notices: readonly string[]
}

export interface Recommender {
  recommend(request: RecommendRequest): RecommendAnswer | Promise<RecommendAnswer>
  /** Frees threads and sessions. */
  close?(): Promise<void>
}

const MOST_ITEMS = 1000
const MOST_HISTORY = 10_000

/**
 * One row of a request. `null` is absent, unknown fields are ignored, as MLflow's schema enforcement does.
 *
 * @throws INVALID_PARAMETER_VALUE naming the field.
 */
export function parseRequest(row: Readonly<Record<string, unknown>>): RecommendRequest {
  const { user_id, history, k, filter_seen } = row
  return {
    ...(isPresent(user_id) && { user_id: parseId(user_id, 'user_id') }),
    ...(isPresent(history) && { history: parseHistory(history) }),
    k: isPresent(k) ? parseCount(k) : 10,
    filter_seen: isPresent(filter_seen) ? parseFlag(filter_seen) : true,
  }
}

const isPresent = (value: unknown) => value !== undefined && value !== null

function parseId(value: unknown, field: string): Id {
  if (typeof value === 'string' && value.length <= 1000) return value
  if (Number.isSafeInteger(value)) return value as number
  throw invalid(
    `Invalid value ${show(value)} for parameter '${field}' supplied: it must be an integer or text`,
  )
}

function parseHistory(value: unknown): Id[] {
  if (!Array.isArray(value))
    throw invalid(
      `Invalid value ${show(value)} for parameter 'history' supplied: it must be a list of item ids`,
    )
  if (value.length > MOST_HISTORY)
    throw invalid(
      `Invalid value for parameter 'history' supplied: at most ${MOST_HISTORY} items, got ${value.length}`,
    )
  return value.map((id, index) => parseId(id, `history[${index}]`))
}

function parseCount(value: unknown): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_ITEMS)
    return value as number
  throw invalid(
    `Invalid value ${show(value)} for parameter 'k' supplied: it must be an integer from 1 to ${MOST_ITEMS}`,
  )
}

function parseFlag(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw invalid(`Invalid value ${show(value)} for parameter 'filter_seen' supplied: it must be true or false`)
}

const show = (value: unknown) => JSON.stringify(value)?.slice(0, 100)

/** The signature of every recommender; ids are of the model's own kind. */
export function recommenderSignature(itemIds: readonly Id[], userIds: readonly Id[] = []): Signature {
  const item = typeOf(itemIds)
  const optional = (column: Column): Column => ({ ...column, required: false })
  const recommendation = {
    type: 'object',
    properties: {
      item_id: { type: item, required: true },
      title: { type: 'string', required: false },
      genres: { type: 'string', required: false },
      score: { type: 'double', required: true },
      reason: {
        type: 'object',
        required: true,
        properties: {
          type: { type: 'string', required: true },
          item_id: { type: item, required: false },
          title: { type: 'string', required: false },
          trait: { type: 'string', required: false },
          contribution: { type: 'double', required: false },
        },
      },
    },
  }
  return {
    inputs: [
      optional({ type: typeOf(userIds), name: 'user_id' }),
      optional({ type: 'array', items: { type: item }, name: 'history' }),
      optional({ type: 'long', name: 'k' }),
      optional({ type: 'boolean', name: 'filter_seen' }),
    ],
    outputs: [
      { type: 'array', items: recommendation, name: 'recommendations', required: true },
      { type: 'string', name: 'source', required: true },
      { type: 'array', items: { type: 'string' }, name: 'notices', required: true },
    ],
  }
}

const typeOf = (ids: readonly Id[]) => (typeof ids[0] === 'string' ? 'string' : 'long')
