import { invalid } from '@cairn/platform/errors'
import type { Filter } from '@cairn/platform/search/filter'
import { decodeCursor, encodeCursor, type Position, type Term } from '@cairn/platform/search/keyset'
import {
  type Condition,
  type Language,
  type Order,
  readFilter,
  readOrders,
} from '@cairn/platform/search/language'

export interface SearchInput {
  filter?: string | undefined
  max_results?: number | undefined
  order_by?: string[] | undefined
  page_token?: string | undefined
}

export interface ParsedSearch {
  readonly conditions: Filter<Condition>
  readonly orders: readonly Order[]
  readonly limit: number
  readonly after: Position | undefined
  /** The token of the page that begins after a position. */
  readonly tokenAt: (position: Position) => string
}

export interface Languages {
  /** What can be filtered on, and what can be ordered by, are not the same in the registry. */
  readonly filter: Language
  readonly order: Language
  readonly limits: { readonly default: number; readonly max: number }
}

/** What both searches of the registry share. @throws INVALID_PARAMETER_VALUE */
export function parseSearch(
  { filter: language, order, limits }: Languages,
  input: SearchInput,
): ParsedSearch {
  const { filter, order_by = [], page_token, max_results = limits.default } = input
  if (max_results < 1)
    throw invalid(
      `Invalid value ${max_results} for parameter 'max_results' supplied. It must be a positive integer`,
    )
  if (max_results > limits.max)
    throw invalid(
      `Invalid value ${max_results} for parameter 'max_results' supplied. It must be at most ${limits.max}`,
    )
  const orders = readOrders(order, order_by)
  if (new Set(orders.map((one) => one.key)).size < orders.length)
    throw invalid(`'order_by' names a key twice: ${order_by.join(', ')}`)
  const query = [filter ?? '', order_by]
  return {
    conditions: readFilter(language, filter),
    orders,
    limit: max_results,
    after: decodeCursor(page_token, query)?.position,
    tokenAt: (position) => encodeCursor({ segment: 0, position }, query),
  }
}

/** The orders asked for, then `rest` for the columns that they leave open, so that the order is total. */
export function termsOf(
  orders: readonly Order[],
  columnOf: (key: string) => Term['expression'],
  rest: readonly { key: string; descending: boolean }[],
): Term[] {
  const named = new Set(orders.map((order) => order.key))
  const all = [...orders, ...rest.filter((one) => !named.has(one.key))]
  return all.map(({ key, descending }) => ({ expression: columnOf(key), descending }))
}
