import type { Expression } from 'kysely'
import type { Term } from './keyset.js'
import type { Order } from './language.js'

type ByColumn = Pick<Order, 'key' | 'descending'>

/** The orders asked for, then `rest` for the columns that they leave open, so that the order is total. */
export function totalOrder(
  orders: readonly ByColumn[],
  columnOf: (key: string) => Expression<unknown>,
  rest: readonly ByColumn[],
): Term[] {
  const named = new Set(orders.map(({ key }) => key))
  const all = [...orders, ...rest.filter(({ key }) => !named.has(key))]
  return all.map(({ key, descending }) => ({ expression: columnOf(key), descending }))
}
