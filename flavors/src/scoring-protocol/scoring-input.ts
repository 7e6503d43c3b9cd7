import { invalid } from '@cairn/platform/errors'

export type Row = Record<string, unknown>

/** A request of MLflow's scoring protocol: exactly one of its four forms. */
export interface ScoringInput {
  readonly dataframe_split?: Row | undefined
  readonly dataframe_records?: readonly Row[] | undefined
  readonly instances?: readonly unknown[] | undefined
  readonly inputs?: unknown
}

const MOST_ROWS = 10_000
const FORMS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const

/**
 * The rows of a request in any of the four forms of MLflow's scoring protocol.
 *
 * @throws INVALID_PARAMETER_VALUE unless there is exactly one form and it is a table of at most 10,000 rows
 */
export function rowsOf(input: ScoringInput): Row[] {
  const rows = rowsOfForm(input)
  requireFewRows(rows.length)
  return rows
}

export function requireFewRows(rows: number): void {
  if (rows > MOST_ROWS)
    throw invalid(`A request may have at most ${MOST_ROWS} rows, got ${rows}: send them in parts.`)
}

/** The one form that is there. @throws INVALID_PARAMETER_VALUE when there are more, or none */
export function formOf(input: ScoringInput): (typeof FORMS)[number] {
  const given = FORMS.filter((form) => input[form] !== undefined)
  if (given.length !== 1)
    throw invalid(
      `The input must be a JSON dictionary with exactly one of the input fields {'${FORMS.join("', '")}'}. Received dictionary with input fields: [${given.map((form) => `'${form}'`).join(', ')}].`,
    )
  return given[0]!
}

function rowsOfForm(input: ScoringInput): Row[] {
  switch (formOf(input)) {
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
  const { columns, data } = tableOf(split)
  return data.map((values) => Object.fromEntries(columns.map((name, i) => [name, values[i]])))
}

/** A `dataframe_split`, checked. */
export function tableOf(split: Row): {
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

/** A dictionary of columns, or one row of scalars and lists that belong together, as a recommender's request is. */
function fromColumns(inputs: unknown): Row[] {
  if (!isRow(inputs)) throw invalid("'inputs' must be a list of rows or an object with named fields.")
  return [inputs]
}

export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
