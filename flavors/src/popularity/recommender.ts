import type { ItemTable } from '../recommender/item-table.js'
import type { RecommendAnswer, Recommender, RecommendRequest } from '../recommender/recommendation.js'
import { type Asked, resolveRequest } from '../recommender/resolve-request.js'
import { topK } from '../recommender/top-k.js'

/** The same for everybody, less what they have seen. */
export class PopularityRecommender implements Recommender {
  readonly #table: ItemTable

  constructor(table: ItemTable) {
    this.#table = table
  }

  recommend(request: RecommendRequest): RecommendAnswer {
    return popularItems(this.#table, request.k, resolveRequest(request, this.#table))
  }
}

/** What every other recommender answers when it has no history to go by. */
export const popularForWantOfHistory = (table: ItemTable, k: number, asked: Asked): RecommendAnswer =>
  popularItems(table, k, {
    ...asked,
    notices: [...asked.notices, 'nothing known to go by: these are the most popular items'],
  })

/** The most popular items that are not hidden. */
function popularItems(table: ItemTable, k: number, { hidden, notices }: Asked): RecommendAnswer {
  const scores = table.items.popularity.slice()
  for (const row of hidden) scores[row] = Number.NEGATIVE_INFINITY
  const recommendations = topK(scores, k, table.ranks).map((row) => ({
    ...table.describe(row),
    score: scores[row]!,
    reason: { type: 'popularity' } as const,
  }))
  return { recommendations, source: 'popularity', notices }
}
