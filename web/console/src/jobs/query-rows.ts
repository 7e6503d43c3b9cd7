/** The first rows of a query as text. */
export interface QueryRows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly isTruncated: boolean
}

type Values = Readonly<Record<string, unknown>>

/** Reads the result of a query from the values of its task; undefined for other values. */
export function queryRowsOf({ columns, rows, truncated }: Values): QueryRows | undefined {
  if (!Array.isArray(columns) || !Array.isArray(rows)) return undefined
  return {
    columns,
    rows: rows.map((row: Values) => columns.map((name) => textOf(row[name]))),
    isTruncated: truncated === true,
  }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
