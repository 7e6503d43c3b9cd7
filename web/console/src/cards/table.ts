import { csvField } from '../runs/csv.js'

export type TableCell = string | number | undefined

/** The values of a card: for screen readers, for reading and as CSV. */
export interface Table {
  readonly columns: readonly { readonly label: string; readonly isNumber: boolean }[]
  readonly rows: readonly (readonly TableCell[])[]
}

export const textColumn = (label: string) => ({ label, isNumber: false })
export const numberColumn = (label: string) => ({ label, isNumber: true })

/** RFC 4180. */
export const tableToCsv = ({ columns, rows }: Table): string =>
  [columns.map(({ label }) => label), ...rows]
    .map((row) => `${row.map((cell) => csvField(cell)).join(',')}\r\n`)
    .join('')
