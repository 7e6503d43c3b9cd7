import { fromColumns, type TableData, toTable } from '../artifacts/json-table.js'
import { plotKindsOf } from './plot-kinds.js'

/** The table in JSON. An object of lists is one only if plots know its columns: other such objects are settings. */
export function toPlottedTable(value: unknown): TableData | undefined {
  const table = toTable(value)
  if (table) return table
  const columns = fromColumns(value)
  return columns && plotKindsOf(columns).length > 0 ? columns : undefined
}
