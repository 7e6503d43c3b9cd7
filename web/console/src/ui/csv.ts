type CsvCell = string | number | bigint | undefined

/** Rows in the format of RFC 4180. */
export const toCsvText = (rows: readonly (readonly CsvCell[])[]): string =>
  rows.map((row) => `${row.map(csvField).join(',')}\r\n`).join('')

/** Text that a spreadsheet would run as a formula is escaped. */
function csvField(cell: CsvCell): string {
  if (typeof cell !== 'string') return String(cell ?? '')
  const isFormula = /^[=+\-@\t\r]/.test(cell) && Number.isNaN(Number(cell))
  const text = isFormula ? `'${cell}` : cell
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
