export const USER_METRICS = [
  'precision',
  'recall',
  'recall_capped',
  'ndcg',
  'hit_rate',
  'mrr',
  'map',
] as const
export type UserMetric = (typeof USER_METRICS)[number]

const gain = (rank: number) => 1 / Math.log2(rank + 2)

/**
 * One user's metrics at k, from the ranks of their relevant items in any order. Ranks start at 0; ties can make them
 * multiples of one half.
 *
 * precision = hits / k · recall = hits / |R| · recall_capped = hits / min(k, |R|) · hit_rate = any hit ·
 * ndcg = Σ 1/log2(rank + 2) over hits, divided by that of a perfect list · mrr = 1 / (rank + 1) of the first hit ·
 * map = Σ over hits of the precision at their rank, divided by min(k, |R|). At most k hits count, because a list has k slots.
 */
export function userMetrics(ranks: Float64Array, k: number): Record<UserMetric, number> {
  const hits = ranks
    .filter((rank) => rank < k)
    .sort()
    .subarray(0, k)
  const slots = Math.min(k, ranks.length)
  let dcg = 0
  let ideal = 0
  let precisions = 0
  for (let n = 0; n < hits.length; n++) {
    dcg += gain(hits[n]!)
    precisions += Math.min(1, (n + 1) / (hits[n]! + 1))
  }
  for (let rank = 0; rank < slots; rank++) ideal += gain(rank)
  return {
    precision: hits.length / k,
    recall: hits.length / ranks.length,
    recall_capped: hits.length / slots,
    ndcg: dcg / ideal,
    hit_rate: hits.length > 0 ? 1 : 0,
    mrr: hits.length > 0 ? 1 / (hits[0]! + 1) : 0,
    map: precisions / slots,
  }
}

/** The share of the catalogue that occurs in at least one list; −1 is an empty slot. */
export function coverage(lists: Int32Array, catalogueSize: number): number {
  const listed = new Set(lists)
  listed.delete(-1)
  return listed.size / catalogueSize
}

/** The mean of −log2 p(i) over listed items i, where p(i) is the item's share of training events, of at least one event. */
export function novelty(lists: Int32Array, eventsByItem: Int32Array): number {
  const total = eventsByItem.reduce((sum, count) => sum + count, 0)
  let bits = 0
  let listed = 0
  for (const item of lists) {
    if (item < 0) continue
    bits -= Math.log2(Math.max(1, eventsByItem[item]!) / total)
    listed++
  }
  return listed === 0 ? 0 : bits / listed
}
