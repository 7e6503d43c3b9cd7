import type { Column, Signature } from '@cairn/flavors/mlmodel/signature'
import { castColumn, toNumber } from '@cairn/flavors/scoring-protocol/casts'
import { requireTableLimit, type ScoringInput } from '@cairn/flavors/scoring-protocol/scoring-input'
import { invalid } from '@cairn/platform/errors'
import { csvRecords } from './csv.js'

/**
 * Parses a CSV text with a header as `pandas.read_csv` with the types of the signature does. Columns that the signature
 * does not name, or names without a scalar type, are numbers or booleans if all of their cells are, otherwise text.
 *
 * @throws INVALID_PARAMETER_VALUE naming the line or column
 */
export function parseCsv(text: string, signature: Signature | undefined): ScoringInput {
  const [header, ...records] = readRecords(text)
  if (!header) throw invalid('The CSV text has no columns.')
  const names = header.map((name, at) => name || `Unnamed: ${at}`)
  const columns = names.map((name, at) => {
    const cells = records.map((record) => toCell(record[at]))
    return typeColumn(cells, name, findColumn(signature, name, at))
  })
  const data = records.map((_, row) => columns.map((cells) => cells[row]))
  return { dataframe_split: { columns: names, data } }
}

/** Short records lack their last cells. */
function readRecords(text: string): string[][] {
  const records: string[][] = []
  for (const record of csvRecords(text)) {
    const columns = records[0]?.length ?? record.length
    if (record.length > columns)
      throw invalid(`Row ${records.length - 1} has ${record.length} fields where the header has ${columns}.`)
    records.push(record)
    requireTableLimit(records.length - 1, columns)
  }
  return records
}

/** Pandas reads these as missing values. */
const MISSING = new Set(
  ',#N/A,#N/A N/A,#NA,-1.#IND,-1.#QNAN,-NaN,-nan,1.#IND,1.#QNAN,<NA>,N/A,NA,NULL,NaN,None,n/a,nan,null'.split(
    ',',
  ),
)

const toCell = (text: string | undefined) => (text === undefined || MISSING.has(text) ? null : text)

function findColumn(signature: Signature | undefined, name: string, at: number): Column | undefined {
  const inputs = signature?.inputs ?? []
  return inputs.every((input) => input.name === undefined)
    ? inputs[at]
    : inputs.find((input) => input.name === name)
}

const NUMERIC_TYPES = new Set(['boolean', 'integer', 'long', 'float', 'double'])
const INFERRED_TYPES = new Set(['tensor', 'any'])

type Cells = readonly (string | null)[]

function typeColumn(cells: Cells, name: string, column: Column | undefined): readonly unknown[] {
  if (!column || INFERRED_TYPES.has(column.type)) return inferTypes(cells)
  return NUMERIC_TYPES.has(column.type)
    ? castColumn(
        cells.map((cell) => toNumeric(cell, column.type)),
        column,
        name,
      )
    : cells
}

/** Unlike `castColumn`, pandas also reads integers that are written like 1.0 or 1e3, and 0 and 1 as the only booleans. */
function toNumeric(cell: string | null, type: string): unknown {
  if (cell === null) return null
  const boolean = BOOLEANS.get(cell.toLowerCase())
  if (boolean !== undefined) return boolean
  const number = toNumber(cell)
  const isRead = type === 'boolean' ? number === 0 || number === 1 : Number.isSafeInteger(number)
  return isRead ? number : cell
}

function inferTypes(cells: Cells): readonly unknown[] {
  const numbers = cells.map((cell) => (cell === null ? null : toNumber(cell)))
  if (!numbers.includes(undefined)) return numbers
  const booleans = cells.map((cell) => (cell === null ? null : BOOLEANS.get(cell.toLowerCase())))
  return booleans.includes(undefined) ? cells : booleans
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
])
