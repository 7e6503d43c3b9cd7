import { compareNaturally } from '../app/natural-order.js'
import { toCsvText } from '../ui/csv.js'
import { cellText, type TableData } from './json-table.js'

export interface TableOrder {
  readonly column: number
  readonly descending: boolean
}

/** The rows with a text in any cell, in an order. Numbers come before text, and empty cells last. */
export function arrangedRows(
  { rows }: TableData,
  search: string,
  order: TableOrder | undefined,
): readonly (readonly unknown[])[] {
  const wanted = search.trim().toLowerCase()
  const found = wanted
    ? rows.filter((row) => row.some((cell) => cellText(cell).toLowerCase().includes(wanted)))
    : rows
  if (!order) return found
  const { column, descending } = order
  const sign = descending ? -1 : 1
  return [...found].sort((a, b) => {
    const [left, right] = [rank(a[column]), rank(b[column])]
    if (left !== right) return left - right
    return left === EMPTY ? 0 : sign * compareCells(a[column], b[column])
  })
}

const EMPTY = 2
const isNumber = (cell: unknown): cell is number | bigint =>
  typeof cell === 'number' || typeof cell === 'bigint'
const rank = (cell: unknown) => (isNumber(cell) ? 0 : cellText(cell) === '' ? EMPTY : 1)

const compareCells = (a: unknown, b: unknown) =>
  isNumber(a) ? Number(a) - Number(b) : compareNaturally(cellText(a), cellText(b))

/** Numbers in the cells of a CSV file, which are all text; leading zeros, as of codes, stay text. */
export const parseCell = (text: string): unknown =>
  text.length < 25 && /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : text

export const tableToCsv = ({ columns, rows }: TableData): string =>
  toCsvText([columns, ...rows.map((row) => row.map((cell) => (isNumber(cell) ? cell : cellText(cell))))])
