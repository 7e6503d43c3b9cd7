import { invalid } from '@cairn/platform/errors'
import type { Column, Signature } from '../mlmodel/signature.js'
import { formOf, isRow, type Row, requireFewRows, type ScoringInput, tableOf } from './scoring-input.js'

/** Columns of equal length by name; a cell may be a list. */
export interface Frame {
  readonly columns: ReadonlyMap<string, readonly unknown[]>
  readonly rows: number
}

/** A request as `mlflow.pyfunc` hands it to a model: a data frame, arrays by name, or one array. */
export type ModelInput =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'tensors'; readonly tensors: Row }
  | { readonly kind: 'array'; readonly array: unknown }

/**
 * Reads a request as MLflow's scoring server does: by its form, then by the model's signature. Columns the signature
 * does not name are dropped.
 *
 * @throws INVALID_PARAMETER_VALUE naming the form, column or input that is wrong
 */
export function parseInput(input: ScoringInput, signature?: Signature): ModelInput {
  const given = asGiven(input)
  const inputs = signature?.inputs ?? []
  if (inputs.length === 0 || inputs.some(({ type }) => type === 'any')) return given
  if (isTensors(inputs)) return toTensors(given, inputs)
  return { kind: 'frame', frame: select(frameOfInput(given), inputs) }
}

const isTensors = (inputs: readonly Column[]) => inputs.every(({ type }) => type === 'tensor')
const areNamed = (inputs: readonly Column[]) => inputs.every(({ name }) => name !== undefined)
const listed = (names: readonly unknown[]) => `[${names.map((name) => `'${name}'`).join(', ')}]`

function asGiven(input: ScoringInput): ModelInput {
  switch (formOf(input)) {
    case 'dataframe_split': {
      const { columns, data } = tableOf(named(input.dataframe_split!))
      return { kind: 'frame', frame: frameOf(columns, data) }
    }
    case 'dataframe_records':
      return { kind: 'frame', frame: frameOfRecords(input.dataframe_records!) }
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

/** Columns without names are called by their places. */
function named(split: Row): Row {
  const [first] = Array.isArray(split.data) ? (split.data as unknown[]) : []
  if (split.columns !== undefined || !Array.isArray(first)) return split
  return { ...split, columns: first.map((_, at) => String(at)) }
}

function frameOf(names: readonly string[], rows: readonly (readonly unknown[])[]): Frame {
  requireFewRows(rows.length)
  if (new Set(names).size < names.length) throw invalid(`The columns ${listed(names)} are not different.`)
  const columns = new Map(names.map((name, at) => [name, rows.map((row) => row[at])]))
  return { columns, rows: rows.length }
}

/** Names in the order in which they appear; what a record lacks is missing. */
function frameOfRecords(records: readonly Row[]): Frame {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))]
  return frameOf(
    names,
    records.map((record) => names.map((name) => record[name])),
  )
}

/** The input as a table: arrays by name are its columns, one array its rows, whose columns are called by their places. */
export function frameOfInput(given: ModelInput): Frame {
  if (given.kind === 'frame') return given.frame
  if (given.kind === 'tensors') return frameOfColumns(given.tensors)
  if (!Array.isArray(given.array))
    throw invalid("'inputs' must be a list of rows or an object with named fields.")
  const rows = given.array.map((row: unknown) => (Array.isArray(row) ? (row as unknown[]) : [row]))
  const width = rows[0]?.length ?? 0
  const odd = rows.findIndex((row) => row.length !== width)
  if (odd >= 0) throw invalid(`Row ${odd} has ${rows[odd]!.length} values where the first has ${width}.`)
  return frameOf(
    Array.from({ length: width }, (_, at) => String(at)),
    rows,
  )
}

/** Scalars are one row. */
function frameOfColumns(tensors: Row): Frame {
  const entries = Object.entries(tensors)
  const lists = entries.map(([, value]) => (Array.isArray(value) ? (value as unknown[]) : [value]))
  const rows = lists[0]?.length ?? 0
  const odd = lists.findIndex((list) => list.length !== rows)
  if (odd >= 0)
    throw invalid(
      `'${entries[odd]![0]}' has ${lists[odd]!.length} values where '${entries[0]![0]}' has ${rows}.`,
    )
  requireFewRows(rows)
  return { columns: new Map(entries.map(([name], at) => [name, lists[at]!])), rows }
}

/** The columns of the signature, in its order. */
function select(frame: Frame, inputs: readonly Column[]): Frame {
  if (!areNamed(inputs)) {
    const columns = [...frame.columns].slice(0, inputs.length)
    if (columns.length < inputs.filter(isRequired).length)
      throw invalid(`The model takes ${inputs.length} columns, got ${columns.length}.`)
    return { ...frame, columns: new Map(columns) }
  }
  const missing = inputs.filter((input) => isRequired(input) && !frame.columns.has(input.name!))
  if (missing.length > 0)
    throw invalid(`The model misses the inputs ${listed(missing.map(({ name }) => name))}.`)
  const columns = inputs.flatMap(({ name }) => {
    const column = frame.columns.get(name!)
    return column ? [[name!, column] as const] : []
  })
  return { ...frame, columns: new Map(columns) }
}

const isRequired = ({ required }: Column) => required !== false

function toTensors(given: ModelInput, inputs: readonly Column[]): ModelInput {
  if (!areNamed(inputs)) return toArray(given, inputs[0]!)
  const names = inputs.map(({ name }) => name!)
  if (given.kind === 'array' && names.length > 1)
    throw invalid(`The model takes its inputs by name: ${listed(names)}.`)
  if (given.kind === 'array') return given
  const get = (name: string) =>
    given.kind === 'frame'
      ? given.frame.columns.get(name)
      : Object.hasOwn(given.tensors, name)
        ? given.tensors[name]
        : undefined
  const missing = names.filter((name) => get(name) === undefined)
  if (missing.length > 0) throw invalid(`The model misses the inputs ${listed(missing)}.`)
  const tensors = Object.fromEntries(
    inputs.map((input) => [
      input.name!,
      given.kind === 'frame' ? cellsOf(get(input.name!) as unknown[], input) : get(input.name!),
    ]),
  )
  return { kind: 'tensors', tensors }
}

function toArray(given: ModelInput, input: Column): ModelInput {
  if (given.kind === 'array') return given
  if (given.kind === 'tensors') throw invalid('The model takes one array without a name.')
  const columns = [...given.frame.columns.values()]
  if (columns.length === 1) return { kind: 'array', array: cellsOf(columns[0]!, input) }
  const rows = Array.from({ length: given.frame.rows }, (_, row) => columns.map((column) => column[row]))
  return { kind: 'array', array: rows }
}

/** In a data frame the tensor of a row is one flat list: folded to the shape of the signature. */
function cellsOf(cells: readonly unknown[], input: Column): readonly unknown[] {
  const shape = input['tensor-spec']?.shape.slice(1) ?? []
  return shape.length < 2 ? cells : cells.map((cell) => fold(cell, shape))
}

function fold(cell: unknown, [length = -1, ...rest]: readonly number[]): unknown {
  if (!Array.isArray(cell) || rest.length === 0 || Array.isArray(cell[0])) return cell
  const size = rest.reduce((product, one) => product * one, 1)
  // More than one unknown length leaves it to the list itself
  if (size <= 0 || cell.length % size > 0 || (length > 0 && length * size !== cell.length)) return cell
  return Array.from({ length: cell.length / size }, (_, at) =>
    fold(cell.slice(at * size, (at + 1) * size), rest),
  )
}
