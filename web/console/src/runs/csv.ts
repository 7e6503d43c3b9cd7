import { type Cell, type Column, cellOf } from './columns.js'
import type { RunRow } from './row.js'

/** Quotes a field if necessary. Text with a leading `=`, `+`, `-` or `@` is escaped, so that spreadsheets do not run it. */
export function csvField(value: Cell): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** RFC 4180. Columns: run id, run name, then `columns`. */
export function toCsv(rows: readonly RunRow[], columns: readonly Column[], now: number): string {
  const head = ['run_id', 'run_name', ...columns.map(({ id }) => id)]
  const lines = rows.map((row) => [
    row.info.run_id,
    row.info.run_name ?? '',
    ...columns.map((column) => cellOf(row, column, now)),
  ])
  return [head, ...lines].map((line) => `${line.map(csvField).join(',')}\r\n`).join('')
}
