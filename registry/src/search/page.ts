import { invalid } from '@cairn/platform/errors'
import type { SearchRegisteredModels } from '@cairn/platform/protocol/mlflow/registered-models'
import type { Input } from '@cairn/platform/protocol/operation'
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
  /** The registry filters and orders by different fields. */
  readonly filter: Language
  readonly order: Language
  readonly limits: { readonly default: number; readonly max: number }
}

/** Parses the input of the searches for models and versions. @throws INVALID_PARAMETER_VALUE */
export function parseSearch(
  { filter: language, order, limits }: Languages,
  input: SearchInput,
): ParsedSearch {
  const { filter, order_by = [], page_token: token, max_results: limit = limits.default } = input
  checkPageSize(limit, limits.max)
  const orders = readOrders(order, order_by)
  if (new Set(orders.map(({ key }) => key)).size < orders.length)
    throw invalid(`'order_by' contains a key twice: ${order_by.join(', ')}`)
  const conditions = readFilter(language, filter)
  return { conditions, orders, request: { limit, token, identity: [filter ?? '', order_by] } }
}
