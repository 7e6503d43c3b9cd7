import { invalid } from '@cairn/platform/errors'

export type Row = Record<string, unknown>

/** A request of MLflow's scoring protocol; exactly one of the four forms is set. */
export interface ScoringInput {
  readonly dataframe_split?: Row | undefined
  readonly dataframe_records?: readonly Row[] | undefined
  readonly instances?: readonly unknown[] | undefined
  readonly inputs?: unknown
}

const MAX_ROWS = 10_000
const FORMS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const

/**
 * Parses the rows of a request in any of the four forms.
 *
 * @throws INVALID_PARAMETER_VALUE unless exactly one form is set and it is a table of at most 10,000 rows
 */
export function parseRows(input: ScoringInput): Row[] {
  const rows = rowsOfForm(input)
  requireRowLimit(rows.length)
  return rows
}

export function requireRowLimit(rows: number): void {
  if (rows > MAX_ROWS)
    throw invalid(`A request may have at most ${MAX_ROWS} rows, got ${rows}: send them in batches.`)
}

/** Returns the form that is set. @throws INVALID_PARAMETER_VALUE unless exactly one is set */
export function inputForm(input: ScoringInput): (typeof FORMS)[number] {
  const present = FORMS.filter((form) => input[form] !== undefined)
  if (present.length !== 1)
    throw invalid(
      `The input must be a JSON dictionary with exactly one of the input fields {'${FORMS.join("', '")}'}. Received dictionary with input fields: [${present.map((form) => `'${form}'`).join(', ')}].`,
    )
  return present[0]!
}

function rowsOfForm(input: ScoringInput): Row[] {
  switch (inputForm(input)) {
    case 'dataframe_split':
      return fromSplit(input.dataframe_split!)
    case 'dataframe_records':
      return [...input.dataframe_records!]
    case 'instances':
      return fromList('instances', input.instances!)
    default:
      return Array.isArray(input.inputs) ? fromList('inputs', input.inputs) : fromColumns(input.inputs)
  }
}

function fromSplit(split: Row): Row[] {
  const { columns, data } = parseSplit(split)
  return data.map((values) => Object.fromEntries(columns.map((name, i) => [name, values[i]])))
}

/** Validates a `dataframe_split`. */
export function parseSplit(split: Row): {
  readonly columns: readonly string[]
  readonly data: readonly (readonly unknown[])[]
} {
  const { columns, data } = split
  if (!Array.isArray(columns) || !columns.every((name) => typeof name === 'string'))
    throw invalid("'dataframe_split.columns' must be a list of names.")
  if (!Array.isArray(data)) throw invalid("Missing value for required parameter 'dataframe_split.data'.")
  for (const [row, values] of data.entries())
    if (!Array.isArray(values) || values.length !== columns.length)
      throw invalid(`'dataframe_split.data[${row}]' must be a list of ${columns.length} values.`)
  return { columns, data }
}

function fromList(form: string, list: readonly unknown[]): Row[] {
  return list.map((row, index) => {
    if (!isRow(row)) throw invalid(`'${form}[${index}]' must be an object with named fields.`)
    return row
  })
}

/** An object is one row of scalars and lists, such as a request to a recommender. */
function fromColumns(inputs: unknown): Row[] {
  if (!isRow(inputs)) throw invalid("'inputs' must be a list of rows or an object with named fields.")
  return [inputs]
}

export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
