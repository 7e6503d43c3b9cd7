import { invalid } from '@cairn/platform/errors'

export type Row = Record<string, unknown>

/** A request of MLflow's scoring protocol; exactly one of the four forms is set. */
export interface ScoringInput {
  readonly dataframe_split?: Row | undefined
  readonly dataframe_records?: readonly Row[] | undefined
  readonly instances?: readonly unknown[] | undefined
  readonly inputs?: unknown
}

export const MAX_ROWS = 10_000
const MAX_CELLS = 4_000_000
const FORMS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const
/** MLflow's words, which its tests compare. */
export const REQUIRED_FORM = `The input must be a JSON dictionary with exactly one of the input fields {'${FORMS.join("', '")}'}.`
const SPLIT_FIELDS = ['columns', 'data', 'index']

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

/** Missing cells count: rows with different fields form a large table. */
export function requireTableLimit(rows: number, columns: number): void {
  requireRowLimit(rows)
  if (rows * columns > MAX_CELLS)
    throw invalid(
      `A request may have at most ${MAX_CELLS} cells, got ${rows} rows of ${columns}: send them in batches.`,
    )
}

/**
 * Returns the form that is set.
 *
 * @throws INVALID_PARAMETER_VALUE unless exactly one is set, to an object or a list as the form requires
 */
export function inputForm(input: ScoringInput): (typeof FORMS)[number] {
  const present = FORMS.filter((form) => input[form] !== undefined)
  if (present.length !== 1)
    throw invalid(
      `${REQUIRED_FORM} Received dictionary with input fields: [${present.map((form) => `'${form}'`).join(', ')}].`,
    )
  const [form] = present
  if (form === 'dataframe_split' && !isRow(input[form]))
    throw invalid("'dataframe_split' must be an object with the fields 'columns' and 'data'.")
  if (form === 'dataframe_records') requireRows(form, input[form])
  if (form === 'instances' && !Array.isArray(input[form])) throw invalid("'instances' must be a list.")
  return form!
}

function rowsOfForm(input: ScoringInput): Row[] {
  switch (inputForm(input)) {
    case 'dataframe_split':
      return fromSplit(input.dataframe_split!)
    case 'dataframe_records':
      return [...input.dataframe_records!]
    case 'instances':
      return [...requireRows('instances', input.instances)]
    default:
      return Array.isArray(input.inputs)
        ? [...requireRows('inputs', input.inputs)]
        : fromColumns(input.inputs)
  }
}

function fromSplit(split: Row): Row[] {
  const { columns, data } = parseSplit(split)
  return data.map((values) => Object.fromEntries(columns.map((name, i) => [name, values[i]])))
}

export interface Split {
  readonly columns: readonly string[]
  readonly data: readonly (readonly unknown[])[]
}

/** Validates a `dataframe_split`. Without names, columns are named by their index. */
export function parseSplit(split: Row): Split {
  const { data, index } = split
  if (Object.keys(split).some((field) => !SPLIT_FIELDS.includes(field)))
    throw invalid(`'dataframe_split' has an unknown field; supported: ${SPLIT_FIELDS.join(', ')}.`)
  if (!Array.isArray(data)) throw invalid("Missing value for required parameter 'dataframe_split.data'.")
  requireRowLimit(data.length)
  if (isPresent(index) && !(Array.isArray(index) && index.length === data.length))
    throw invalid(`'dataframe_split.index' must be a list of ${data.length} labels.`)
  const columns = parseNames(split.columns, data[0])
  return { columns, data: data.map((values, row) => parseValues(values, columns.length, row)) }
}

/** Pandas names the columns of an unnamed data frame by integers. */
function parseNames(names: unknown, first: unknown): string[] {
  if (!isPresent(names))
    return Array.from({ length: Array.isArray(first) ? first.length : 1 }, (_, at) => String(at))
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string' || Number.isInteger(name)))
    throw invalid("'dataframe_split.columns' must be a list of names.")
  return names.map(String)
}

/** The row of a table with one column may be a scalar. */
function parseValues(values: unknown, columns: number, row: number): readonly unknown[] {
  const list: unknown = columns === 1 && !Array.isArray(values) && !isRow(values) ? [values] : values
  if (!Array.isArray(list) || list.length !== columns)
    throw invalid(`'dataframe_split.data[${row}]' must be a list of ${columns} values.`)
  return list
}

function requireRows(form: string, list: unknown): readonly Row[] {
  if (!Array.isArray(list)) throw invalid(`'${form}' must be a list of objects.`)
  const odd = list.findIndex((row) => !isRow(row))
  if (odd >= 0) throw invalid(`'${form}[${odd}]' must be an object with named fields.`)
  return list
}

/** An object is one row of scalars and lists, such as a request to a recommender. */
function fromColumns(inputs: unknown): Row[] {
  if (!isRow(inputs)) throw invalid("'inputs' must be a list of rows or an object with named fields.")
  return [inputs]
}

export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPresent = (value: unknown) => value !== undefined && value !== null
