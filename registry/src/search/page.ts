import { invalid } from '@cairn/platform/errors'
import type { Input } from '@cairn/platform/protocol/operation'
import type { SearchRegisteredModels } from '@cairn/platform/protocol/registered-models'
import type { Filter } from '@cairn/platform/search/filter'
import {
  type Condition,
  type Language,
  type Order,
  readFilter,
  readOrders,
} from '@cairn/platform/search/language'
import type { PageRequest } from '@cairn/platform/search/page'
import { checkPageSize } from '@cairn/platform/search/page-size'

export type SearchInput = Input<typeof SearchRegisteredModels>

export interface ParsedSearch {
  readonly conditions: Filter<Condition>
  readonly orders: readonly Order[]
  readonly request: Omit<PageRequest, 'terms'>
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
  const { filter, order_by = [], page_token: token, max_results: limit = limits.default } = input
  checkPageSize(limit, limits.max)
  const orders = readOrders(order, order_by)
  if (new Set(orders.map((one) => one.key)).size < orders.length)
    throw invalid(`'order_by' names a key twice: ${order_by.join(', ')}`)
  const conditions = readFilter(language, filter)
  return { conditions, orders, request: { limit, token, identity: [filter ?? '', order_by] } }
}
