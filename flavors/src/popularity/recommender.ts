import type { ItemTable } from '../recommender/item-table.js'
import { popularItems } from '../recommender/popular-items.js'
import type { Recommender, RecommendRequest, RecommendResponse } from '../recommender/recommendation.js'
import { resolveRequest } from '../recommender/resolve-request.js'

/** Recommends the most popular items to every user, without those of their history. */
export class PopularityRecommender implements Recommender {
  readonly table: ItemTable
  readonly batchSize = 1

  constructor(table: ItemTable) {
    this.table = table
  }

  recommend(requests: readonly RecommendRequest[]): RecommendResponse[] {
    return requests.map((request) => popularItems(this.table, request, resolveRequest(request, this.table)))
  }
}
