import type { Expression } from 'kysely'
import type { Term } from './keyset.js'
import type { Order } from './language.js'

type ByColumn = Pick<Order, 'key' | 'descending'>

/** Appends to the requested orders those of `rest` for other columns, so that the order is total. */
export function totalOrder(
  orders: readonly ByColumn[],
  columnOf: (key: string) => Expression<unknown>,
  rest: readonly ByColumn[],
): Term[] {
  const named = new Set(orders.map(({ key }) => key))
  const all = [...orders, ...rest.filter(({ key }) => !named.has(key))]
  return all.map(({ key, descending }) => ({ expression: columnOf(key), descending }))
}
