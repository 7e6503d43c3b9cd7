import { toCsvText } from '../ui/csv.js'
import { type Column, cellOf } from './columns.js'
import type { RunRow } from './row.js'

/** Columns: run id, run name, then `columns`. */
export function toCsv(rows: readonly RunRow[], columns: readonly Column[], now: number): string {
  const head = ['run_id', 'run_name', ...columns.map(({ id }) => id)]
  const lines = rows.map((row) => [
    row.info.run_id,
    row.info.run_name ?? '',
    ...columns.map((column) => cellOf(row, column, now)),
  ])
  return toCsvText([head, ...lines])
}
