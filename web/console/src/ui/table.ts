import { toCsvText } from './csv.js'

export type TableCell = string | number | undefined

/** Values of a chart or of a list: for screen readers, for reading and as CSV. */
export interface Table {
  readonly columns: readonly { readonly label: string; readonly isNumber: boolean }[]
  readonly rows: readonly (readonly TableCell[])[]
}

export const textColumn = (label: string) => ({ label, isNumber: false })
export const numberColumn = (label: string) => ({ label, isNumber: true })

export const tableToCsv = ({ columns, rows }: Table): string =>
  toCsvText([columns.map(({ label }) => label), ...rows])

/** A column of a table of rows: its label, and the cell of a row. */
export type ColumnOf<Row> = readonly [label: string, cell: (row: Row) => TableCell | null]

export const tableOf = <Row>(rows: readonly Row[], columns: readonly ColumnOf<Row>[]): Table => ({
  columns: columns.map(([label]) => textColumn(label)),
  rows: rows.map((row) => columns.map(([, cell]) => cell(row) ?? undefined)),
})

/** A time that spreadsheets read; empty without one. @param time epoch milliseconds */
export const timeCell = (time: number | undefined): string => (time ? new Date(time).toISOString() : '')
