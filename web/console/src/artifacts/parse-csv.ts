import Papa from 'papaparse'
import type { TableData } from './json-table.js'
import { parseCell } from './table-rows.js'

/** The first line names the columns. @param delimiter empty to detect it. @param clipped whether the last row is incomplete */
export function parseCsv(text: string, delimiter: string, clipped: boolean): TableData {
  const { data } = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: true })
  const [columns = [], ...rows] = clipped && data.length > 1 ? data.slice(0, -1) : data
  return { columns, rows: rows.map((row) => row.map(parseCell)) }
}
