import type { Id } from '../id.js'
import type { ItemTable } from './item-table.js'
import type { UserTable } from './user-histories.js'

/** A validated request to a recommender. */
export interface RecommendRequest {
  readonly user_id?: Id
  /** Items the user liked, oldest first. */
  readonly history?: readonly Id[]
  readonly k: number
  readonly filter_seen: boolean
  /** Items that are never recommended. */
  readonly exclude?: readonly Id[]
  /** True if recommendations have `reasons`, which are computed for the returned items only. */
  readonly reasons?: boolean
  /** Notices about ignored fields. */
  readonly notices?: readonly string[]
}

/** Why an item is recommended. */
export type Reason =
  /** An item of the history and what it adds to the score: `contribution`. */
  | { readonly type: 'history'; readonly item_id: Id; readonly title?: string; readonly contribution: number }
  /** An item of the history without which the score is lower by `contribution`. Not a share of the score. */
  | {
      readonly type: 'influence'
      readonly item_id: Id
      readonly title?: string
      readonly contribution: number
    }
  /** The last item of the history, which this item often follows. */
  | { readonly type: 'recent'; readonly item_id: Id; readonly title?: string }
  /** A trait of the item, e.g. `genres` or `year`, and what it adds to the score: `contribution`. */
  | { readonly type: 'trait'; readonly trait: string; readonly contribution: number }
  /** The item fits the whole history, or the trained profile of the user. */
  | { readonly type: 'profile' }
  /** The item is popular: either no history was usable or popularity contributed. */
  | { readonly type: 'popularity' }

export interface Recommendation {
  readonly item_id: Id
  readonly title?: string
  readonly genres?: string
  readonly score: number
  /** One to three reasons, the strongest first; present if the request asks for them. */
  readonly reasons?: readonly Reason[]
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
  readonly table: ItemTable
  readonly users?: UserTable
  /** Number of requests that cost less together than one by one. */
  readonly batchSize: number
  /**
   * Returns one response for each request, in order. Responses do not depend on the other requests of the batch. Not
   * re-entrant: callers wait for one call before the next.
   */
  recommend(requests: readonly RecommendRequest[]): MaybePromise<readonly RecommendResponse[]>
  /** Frees threads and sessions. */
  close?(): Promise<void>
}

type MaybePromise<T> = T | Promise<T>
