import { invalid } from '@cairn/platform/errors'
import type { Column, Signature } from '../mlmodel/signature.js'
import type { Id } from './id.js'

/** A validated request to a recommender. */
export interface RecommendRequest {
  readonly user_id?: Id
  /** Items the user liked, oldest first. */
  readonly history?: readonly Id[]
  readonly k: number
  readonly filter_seen: boolean
}

/** Why an item is recommended. */
export type Reason =
  /** The item of the history that contributed most to the score: `contribution`. */
  | { readonly type: 'history'; readonly item_id: Id; readonly title?: string; readonly contribution: number }
  /** The item of the history with the largest effect: without it the score is lower by `contribution`. Not a share of the score. */
  | {
      readonly type: 'influence'
      readonly item_id: Id
      readonly title?: string
      readonly contribution: number
    }
  /** The last item of the history, which this item often follows. */
  | { readonly type: 'recent'; readonly item_id: Id; readonly title?: string }
  /** The item trait that contributed most to the score, e.g. `genres` or `year`: `contribution`. */
  | { readonly type: 'trait'; readonly trait: string; readonly contribution: number }
  /** The item fits the whole history, or the trained profile of the user. */
  | { readonly type: 'profile' }
  /** The item is popular: either no history was usable or popularity contributed most. */
  | { readonly type: 'popularity' }

export interface Recommendation {
  readonly item_id: Id
  readonly title?: string
  readonly genres?: string
  readonly score: number
  readonly reason: Reason
}

export interface RecommendResponse {
  /** Best first, ties by item id; fewer than k only when the catalogue is exhausted. */
  readonly recommendations: readonly Recommendation[]
  /** The input that the recommendations were computed from. */
  readonly source: 'history' | 'user' | 'popularity'
  /** Ignored or missing input, one sentence each. */
  readonly notices: readonly string[]
}

export interface Recommender {
  recommend(request: RecommendRequest): RecommendResponse | Promise<RecommendResponse>
  /** Frees threads and sessions. */
  close?(): Promise<void>
}

const MAX_ITEMS = 1000
const MAX_HISTORY = 10_000

/**
 * Parses one row of a request. Like MLflow's schema enforcement, treats `null` as absent and ignores unknown fields.
 *
 * @throws INVALID_PARAMETER_VALUE naming the field
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
  if (value.length > MAX_HISTORY)
    throw invalid(
      `Invalid value for parameter 'history' supplied: at most ${MAX_HISTORY} items, got ${value.length}`,
    )
  return value.map((id, index) => parseId(id, `history[${index}]`))
}

function parseCount(value: unknown): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_ITEMS)
    return value as number
  throw invalid(
    `Invalid value ${show(value)} for parameter 'k' supplied: it must be an integer from 1 to ${MAX_ITEMS}`,
  )
}

function parseFlag(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw invalid(`Invalid value ${show(value)} for parameter 'filter_seen' supplied: it must be true or false`)
}

const show = (value: unknown) => JSON.stringify(value)?.slice(0, 100)

/** Returns the signature of a recommender; only the types of the ids depend on the model. */
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
