import type { ItemTable } from './item-table.js'
import type { RecommendRequest, RecommendResponse } from './recommendation.js'
import type { ResolvedRequest } from './resolve-request.js'

/** Responds with the most popular items that are not hidden. */
export function popularItems(
  table: ItemTable,
  { k, reasons }: RecommendRequest,
  { hidden, notices }: ResolvedRequest,
  notice?: string,
): RecommendResponse {
  const rows: number[] = []
  for (const row of table.byPopularity) {
    if (rows.length === k) break
    if (!hidden.has(row)) rows.push(row)
  }
  return {
    recommendations: rows.map((row) => ({
      ...table.describe(row),
      score: table.items.popularity[row]!,
      ...(reasons && { reasons: [{ type: 'popularity' }] }),
    })),
    source: 'popularity',
    notices: notice === undefined ? notices : [...notices, notice],
  }
}

/** The response of every other recommender if it has no usable history. */
export const popularityFallback = (
  table: ItemTable,
  request: RecommendRequest,
  resolved: ResolvedRequest,
): RecommendResponse =>
  popularItems(table, request, resolved, 'without a usable history these are the most popular items')
