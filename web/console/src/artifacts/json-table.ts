import { parseJson } from './python-json.js'

/** Cells are any JSON, and NaN and infinities. */
export interface TableData {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** An image in a cell of a table that MLflow's `log_table` has written. */
export interface ImageCell {
  readonly type: 'image'
  readonly filepath: string
  readonly compressed_filepath?: string
}

/** Reads `{columns, data}` of MLflow's `log_table` and pandas' `split`, or a list of objects; undefined for other JSON. */
export function toTable(value: unknown): TableData | undefined {
  if (Array.isArray(value)) return value.length > 0 && value.every(isObject) ? fromRecords(value) : undefined
  if (!isObject(value)) return undefined
  const { columns, data } = value
  if (!Array.isArray(columns) || !Array.isArray(data) || !data.every(Array.isArray)) return undefined
  return { columns: columns.map(String), rows: data }
}

/** The columns of all records, in the order in which they appear. */
export function fromRecords(records: readonly Readonly<Record<string, unknown>>[]): TableData {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))]
  return { columns, rows: records.map((record) => columns.map((column) => record[column])) }
}

/** An object of lists of equal lengths, as `log_dict` writes columns; undefined for other JSON. */
export function fromColumns(value: unknown): TableData | undefined {
  if (!isObject(value)) return undefined
  const lists = Object.values(value)
  const [first] = lists
  if (!Array.isArray(first)) return undefined
  if (!lists.every((list): list is unknown[] => Array.isArray(list) && list.length === first.length))
    return undefined
  return { columns: Object.keys(value), rows: first.map((_, row) => lists.map((list) => list[row])) }
}

/** JSON Lines. Skips lines that are not objects, such as a truncated last line. */
export function fromLines(text: string): TableData {
  return fromRecords(
    text.split('\n').flatMap((line) => {
      try {
        const value: unknown = parseJson(line)
        return isObject(value) ? [value] : []
      } catch {
        return []
      }
    }),
  )
}

export const isImageCell = (cell: unknown): cell is ImageCell =>
  isObject(cell) && cell.type === 'image' && typeof cell.filepath === 'string'

export const cellText = (cell: unknown): string => {
  if (cell === undefined || cell === null) return ''
  if (isImageCell(cell)) return cell.filepath
  return typeof cell === 'object' ? JSON.stringify(cell, bigIntAsText) : String(cell)
}

const bigIntAsText = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
