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
