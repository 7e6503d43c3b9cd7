import { type Command, Option } from 'commander'
import { escapeControls, forStdout } from './terminal-text.js'

export type Format = 'table' | 'json' | 'csv'
type Cell = string | number | boolean | null | undefined
export type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>

export const outputOption = () =>
  new Option('-o, --output <format>', 'output format').choices(['table', 'json', 'csv']).default('table')

export const formatOf = (command: Command): Format => command.optsWithGlobals<{ output: Format }>().output

/**
 * Prints only data to stdout: a table, the server's JSON, or the table's columns as CSV.
 *
 * @param emptyMessage shown on stderr in place of a table without rows
 */
export function printRows<Row>(
  command: Command,
  rows: readonly Row[],
  columns: Columns<Row>,
  emptyMessage?: string,
) {
  const format = formatOf(command)
  if (format === 'json') return print(json(rows))
  const header = Object.keys(columns)
  const cells = rows.map((row) => header.map((name) => text(columns[name]!(row))))
  if (format === 'csv') return print(csv([header, ...cells]))
  if (rows.length === 0 && emptyMessage !== undefined) return void process.stderr.write(`${emptyMessage}\n`)
  // Tables have the names of their columns from whoever created them.
  const shown = [header.map((name) => name.toUpperCase()), ...cells]
  print(table(shown.map((line) => line.map((cell) => escapeControls(cell)))))
}

/** Prints one object: a line per field, or all of it as JSON. */
export function printOne<Row extends object>(command: Command, row: Row, fields: Columns<Row>) {
  if (formatOf(command) === 'json') return print(json(row))
  if (formatOf(command) === 'csv') return printRows(command, [row], fields)
  const names = Object.keys(fields)
  const width = Math.max(...names.map((name) => name.length))
  const indent = `\n${' '.repeat(width + 2)}`
  const shown = (name: string) => escapeControls(text(fields[name]!(row)), '\n').replaceAll('\n', indent)
  print(names.map((name) => `${name.padEnd(width)}  ${shown(name)}`).join('\n'))
}

/** Prints a value that has no columns. */
export const printJson = (value: unknown) => print(json(value))

const print = (line: string) => void process.stdout.write(`${line}\n`)

const text = (cell: Cell) =>
  cell === undefined || cell === null ? '' : typeof cell === 'number' ? number(cell) : String(cell)

const number = (value: number) =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))

/** Only line breaks are outside of the strings of JSON. */
const json = (value: unknown) => escapeControls(JSON.stringify(value, null, 2), '\n')

const csv = (lines: readonly (readonly string[])[]) =>
  forStdout(lines.map((line) => line.map(quoted).join(',')).join('\n'))

/** Text that a spreadsheet would run as a formula is escaped, as in the files of the console. */
function quoted(cell: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(cell) && Number.isNaN(Number(cell))
  const inert = isFormula ? `'${cell}` : cell
  return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

function table(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => width(line[i]!))))
  const line = (values: readonly string[]) =>
    values
      .map((value, i) => value + ' '.repeat(widths[i]! - width(value)))
      .join('  ')
      .trimEnd()
  return lines.map(line).join('\n')
}

/** The width on a terminal: Hangul and other wide characters take two columns. */
const width = (value: string) =>
  Array.from(value).reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0)
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/
