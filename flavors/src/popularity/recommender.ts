import type { ItemTable } from '../recommender/item-table.js'
import type { Recommender, RecommendRequest, RecommendResponse } from '../recommender/recommendation.js'
import { type ResolvedRequest, resolveRequest } from '../recommender/resolve-request.js'
import { topK } from '../recommender/top-k.js'

/** Recommends the most popular items to every user, without those of their history. */
export class PopularityRecommender implements Recommender {
  readonly #table: ItemTable

  constructor(table: ItemTable) {
    this.#table = table
  }

  recommend(request: RecommendRequest): RecommendResponse {
    return popularItems(this.#table, request.k, resolveRequest(request, this.#table))
  }
}

/** The response of every other recommender if it has no usable history. */
export const popularityFallback = (
  table: ItemTable,
  k: number,
  resolved: ResolvedRequest,
): RecommendResponse =>
  popularItems(table, k, {
    ...resolved,
    notices: [...resolved.notices, 'without a usable history these are the most popular items'],
  })

function popularItems(table: ItemTable, k: number, { hidden, notices }: ResolvedRequest): RecommendResponse {
  const scores = table.items.popularity.slice()
  for (const row of hidden) scores[row] = Number.NEGATIVE_INFINITY
  const recommendations = topK(scores, k, table.ranks).map((row) => ({
    ...table.describe(row),
    score: scores[row]!,
    reason: { type: 'popularity' } as const,
  }))
  return { recommendations, source: 'popularity', notices }
}
