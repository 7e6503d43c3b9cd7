import type { ItemTable } from './item-table.js'
import type { Reason } from './recommendation.js'

/** A `Reason` that refers to an item by its row. */
export type RowReason =
  | { readonly type: 'history' | 'influence'; readonly row: number; readonly contribution: number }
  | { readonly type: 'recent'; readonly row: number }
  | { readonly type: 'trait'; readonly trait: string; readonly contribution: number }
  | { readonly type: 'profile' | 'popularity' }

export function toReason(table: ItemTable, reason: RowReason): Reason {
  if (!('row' in reason)) return reason
  const { row, ...rest } = reason
  const { item_id, title } = table.describe(row)
  return { ...rest, item_id, ...(title !== undefined && { title }) }
}

/** Number of reasons for one recommendation. */
export const MAX_REASONS = 3

/** Names the items with the largest positive contributions; without one, the reason is the history as a whole. */
export function largestReasons(
  type: 'history' | 'influence',
  contributions: ReadonlyMap<number, number>,
): readonly RowReason[] {
  const largest = [...contributions]
    .filter(([, contribution]) => contribution > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_REASONS)
    .map(([row, contribution]): RowReason => ({ type, row, contribution }))
  return largest.length > 0 ? largest : [{ type: 'profile' }]
}
