import { invalid } from '@cairn/platform/errors'
import { pythonReprList } from '@cairn/platform/mlflow/python'
import { type Language, type Order, readOrders } from '@cairn/platform/search/language'

/** Like `readOrders`, but rejects duplicate keys. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function readDistinctOrders(language: Language, clauses: readonly string[]): Order[] {
  const orders = readOrders(language, clauses)
  const names = new Set(orders.map(({ entity, key }) => `${entity}.${key}`))
  if (names.size < orders.length)
    throw invalid(`\`order_by\` contains duplicate fields: ${pythonReprList(clauses)}`)
  return orders
}
