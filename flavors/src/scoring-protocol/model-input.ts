import { invalid } from '@cairn/platform/errors'
import type { Column, Signature } from '../mlmodel/signature.js'
import { castColumn } from './casts.js'
import {
  inputForm,
  isRow,
  parseSplit,
  type Row,
  requireRowLimit,
  requireTableLimit,
  type ScoringInput,
} from './scoring-input.js'

/** Columns of equal length by name; a cell may be a list. */
export interface Frame {
  readonly columns: ReadonlyMap<string, readonly unknown[]>
  readonly rows: number
}

/** A request in the form that `mlflow.pyfunc` passes to a model: a data frame, named arrays, or one array. */
export type ModelInput =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'tensors'; readonly tensors: Row }
  | { readonly kind: 'array'; readonly array: unknown }

/**
 * Parses a request as MLflow's scoring server does: by its form, then by the model's signature. Columns that the
 * signature does not name are dropped, the others are cast to its types.
 *
 * @throws INVALID_PARAMETER_VALUE naming the invalid form, column or input
 */
export function parseInput(input: ScoringInput, signature?: Signature): ModelInput {
  const inputs = signature?.inputs ?? []
  if (inputs.length === 0 || inputs.some(isUntyped)) return parseForm(input)
  if (isTensors(inputs)) return toTensors(parseForm(input), inputs)
  return { kind: 'frame', frame: selectColumns(parseTable(input, inputs), inputs) }
}

const isUntyped = ({ type, name }: Column) => type === 'any' && name === undefined
const isTensors = (inputs: readonly Column[]) => inputs.every(({ type }) => type === 'tensor')
const isNested = ({ type }: Column) => type === 'array' || type === 'object' || type === 'map'
const areNamed = (inputs: readonly Column[]) => inputs.every(({ name }) => name !== undefined)
const quotedList = (names: readonly unknown[]) => `[${names.map((name) => `'${name}'`).join(', ')}]`

function parseForm(input: ScoringInput): ModelInput {
  switch (inputForm(input)) {
    case 'dataframe_split':
    case 'dataframe_records':
      return { kind: 'frame', frame: parseFrame(input) }
    case 'instances': {
      const { instances = [] } = input
      if (instances.length === 0 || !instances.every(isRow)) return { kind: 'array', array: instances }
      return { kind: 'tensors', tensors: Object.fromEntries(frameOfRecords(instances).columns) }
    }
    default:
      return isRow(input.inputs)
        ? { kind: 'tensors', tensors: input.inputs }
        : { kind: 'array', array: input.inputs }
  }
}

function parseFrame({ dataframe_split, dataframe_records }: ScoringInput, names?: readonly string[]): Frame {
  if (!dataframe_split) return frameOfRecords(dataframe_records!, names)
  const { columns, data } = parseSplit(dataframe_split)
  return frameOf(columns, data)
}

/**
 * Parses a request to a model of columns. An object is one row if the signature has columns of lists or objects; a list of
 * scalars is the only column.
 */
function parseTable(input: ScoringInput, inputs: readonly Column[]): Frame {
  const form = inputForm(input)
  const names = areNamed(inputs) ? inputs.map(({ name }) => name!) : undefined
  if (form === 'dataframe_split' || form === 'dataframe_records') return parseFrame(input, names)
  const value = input[form]
  if (isRow(value)) return inputs.some(isNested) ? frameOfRecords([value], names) : frameOfColumns(value)
  if (names?.length !== 1 || !isListOfScalars(value)) return frameOfList(value, names)
  return frameOfColumns({ [names[0]!]: inputs[0]!.type === 'array' ? [value] : value })
}

const isListOfScalars = (value: unknown) =>
  Array.isArray(value) && value.every((one) => typeof one !== 'object' || one === null)

function frameOf(names: readonly string[], rows: readonly (readonly unknown[])[]): Frame {
  requireRowLimit(rows.length)
  const columns = new Map<string, readonly unknown[]>()
  for (const [at, name] of names.entries()) {
    if (columns.has(name)) throw invalid(`'${name}' is the name of several columns.`)
    columns.set(
      name,
      rows.map((row) => row[at]),
    )
  }
  return { columns, rows: rows.length }
}

/** Columns are those `wanted` that some record has, or all in order of first appearance; a missing field is undefined. */
function frameOfRecords(records: readonly Row[], wanted?: readonly string[]): Frame {
  requireRowLimit(records.length)
  const names = wanted?.filter((name) => records.some((record) => Object.hasOwn(record, name))) ?? [
    ...new Set(records.flatMap((record) => Object.keys(record))),
  ]
  requireTableLimit(records.length, names.length)
  const columns = names.map(
    (name) =>
      [name, records.map((record) => (Object.hasOwn(record, name) ? record[name] : undefined))] as const,
  )
  return { columns: new Map(columns), rows: records.length }
}

/** Converts the input to a table: named arrays are columns; one array is the rows, with columns named by their index. */
export function toFrame(input: ModelInput): Frame {
  if (input.kind === 'frame') return input.frame
  return input.kind === 'tensors' ? frameOfColumns(input.tensors) : frameOfList(input.array)
}

function frameOfList(list: unknown, names?: readonly string[]): Frame {
  if (!Array.isArray(list)) throw invalid("'inputs' must be a list of rows or an object with named fields.")
  if (list.length > 0 && list.every(isRow)) return frameOfRecords(list, names)
  const rows = list.map((row: unknown) => (Array.isArray(row) ? (row as unknown[]) : [row]))
  const width = rows[0]?.length ?? 0
  const odd = rows.findIndex((row) => row.length !== width)
  if (odd >= 0) throw invalid(`Row ${odd} has ${rows[odd]!.length} values where the first has ${width}.`)
  return frameOf(
    Array.from({ length: width }, (_, at) => String(at)),
    rows,
  )
}

/** Scalars form one row. */
function frameOfColumns(tensors: Row): Frame {
  const entries = Object.entries(tensors)
  const lists = entries.map(([, value]) => (Array.isArray(value) ? (value as unknown[]) : [value]))
  const rows = lists[0]?.length ?? 0
  const odd = lists.findIndex((list) => list.length !== rows)
  if (odd >= 0)
    throw invalid(
      `'${entries[odd]![0]}' has ${lists[odd]!.length} values where '${entries[0]![0]}' has ${rows}.`,
    )
  requireRowLimit(rows)
  return { columns: new Map(entries.map(([name], at) => [name, lists[at]!])), rows }
}

/** Selects the columns of the signature, in its order, and casts their cells. */
function selectColumns(frame: Frame, inputs: readonly Column[]): Frame {
  if (!areNamed(inputs)) {
    const columns = [...frame.columns].slice(0, inputs.length)
    if (columns.length < inputs.filter(isRequired).length)
      throw invalid(`The model takes ${inputs.length} columns, got ${columns.length}.`)
    const cast = columns.map(([name, cells], at) => [name, castColumn(cells, inputs[at]!, name)] as const)
    return { ...frame, columns: new Map(cast) }
  }
  const missing = inputs.filter((input) => isRequired(input) && !frame.columns.has(input.name!))
  if (missing.length > 0) throw invalid(`Missing inputs ${quotedList(missing.map(({ name }) => name))}.`)
  const columns = inputs.flatMap((input) => {
    const cells = frame.columns.get(input.name!)
    return cells ? [[input.name!, castColumn(cells, input, input.name!)] as const] : []
  })
  return { ...frame, columns: new Map(columns) }
}

const isRequired = ({ required }: Column) => required !== false

function toTensors(input: ModelInput, inputs: readonly Column[]): ModelInput {
  if (!areNamed(inputs)) return toArray(input, inputs[0]!)
  const names = inputs.map(({ name }) => name!)
  if (input.kind === 'array' && names.length > 1)
    throw invalid(`The model takes named inputs: ${quotedList(names)}.`)
  if (input.kind === 'array') return input
  const get = (name: string) => {
    if (input.kind === 'frame') return input.frame.columns.get(name)
    return Object.hasOwn(input.tensors, name) ? input.tensors[name] : undefined
  }
  const missing = names.filter((name) => get(name) === undefined)
  if (missing.length > 0) throw invalid(`Missing inputs ${quotedList(missing)}.`)
  const tensors = Object.fromEntries(
    inputs.map((column) => [
      column.name!,
      input.kind === 'frame' ? reshapeCells(get(column.name!) as unknown[], column) : get(column.name!),
    ]),
  )
  return { kind: 'tensors', tensors }
}

function toArray(input: ModelInput, column: Column): ModelInput {
  if (input.kind === 'array') return input
  if (input.kind === 'tensors') throw invalid('The model takes one unnamed array.')
  const columns = [...input.frame.columns.values()]
  if (columns.length === 1) return { kind: 'array', array: reshapeCells(columns[0]!, column) }
  const rows = Array.from({ length: input.frame.rows }, (_, row) => columns.map((column) => column[row]))
  return { kind: 'array', array: rows }
}

/** A data frame has each row's tensor as a flat list; reshapes it to the shape of the signature. */
function reshapeCells(cells: readonly unknown[], column: Column): readonly unknown[] {
  const shape = column['tensor-spec']?.shape.slice(1) ?? []
  return shape.length < 2 ? cells : cells.map((cell) => reshape(cell, shape))
}

function reshape(cell: unknown, [length = -1, ...rest]: readonly number[]): unknown {
  if (!Array.isArray(cell) || rest.length === 0 || Array.isArray(cell[0])) return cell
  const size = rest.reduce((product, dimension) => product * dimension, 1)
  // With more than one unknown length the list keeps its own shape
  if (size <= 0 || cell.length % size > 0 || (length > 0 && length * size !== cell.length)) return cell
  return Array.from({ length: cell.length / size }, (_, at) =>
    reshape(cell.slice(at * size, (at + 1) * size), rest),
  )
}
