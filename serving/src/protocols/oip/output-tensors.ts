import type { Column, Signature } from '@cairn/flavors/mlmodel/signature'
import { isRow, type Row } from '@cairn/flavors/scoring-protocol/scoring-input'
import { DATATYPES, type DatatypeName } from './datatypes.js'
import { datatypeOf, outputName, outputsOf } from './signature-types.js'
import type { Tensor } from './tensor.js'
import { nest } from './to-scoring-input.js'

/**
 * Converts predictions to tensors of the datatypes of the signature: a data frame to one tensor per column, named arrays to
 * one each. Other values, such as recommendations, become BYTES of JSON, one for each row.
 */
export function toTensors(predictions: unknown, signature: Signature | undefined): Tensor[] {
  const declared = declaredOutputs(signature)
  if (isRow(predictions)) return toNamedTensors(predictions, declared)
  if (Array.isArray(predictions) && predictions.length === 0 && declared.size > 0)
    return toNamedTensors(Object.fromEntries([...declared.keys()].map((name) => [name, []])), declared)
  if (Array.isArray(predictions) && predictions.every(isRow) && predictions.length > 0)
    return toNamedTensors(columnsOf(predictions), declared)
  const [name = 'predict', column] = [...declared][0] ?? []
  return [toTensor(name, predictions, column)]
}

/** The columns of the signature by the names of their tensors. */
export const declaredOutputs = (signature: Signature | undefined): ReadonlyMap<string, Column> =>
  new Map(outputsOf(signature).map((column, at) => [outputName(column, at), column]))

/** Converts a tensor to the datatype of the signature, if all elements fit it. */
export function castTensor(tensor: Tensor, column: Column | undefined): Tensor {
  if (!column) return tensor
  const { name, shape, data } = tensor
  if (NESTED.has(column.type)) return toTensor(name, nest(tensor), column)
  const datatype = datatypeOf(column)
  if (datatype === tensor.datatype || datatype === 'BYTES') return tensor
  const elements = data.map((element) => readElement(datatype, element))
  return elements.includes(undefined) ? tensor : { name, shape, datatype, data: elements }
}

const toNamedTensors = (values: Row, declared: ReadonlyMap<string, Column>): Tensor[] =>
  Object.entries(values).map(([name, value]) => toTensor(name, value, declared.get(name)))

/** A missing value is null. */
function columnsOf(rows: readonly Row[]): Row {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]))
}

export function toTensor(name: string, value: unknown, column: Column | undefined): Tensor {
  const list = Array.isArray(value) ? (value as unknown[]) : [value]
  const shape = column && NESTED.has(column.type) ? undefined : shapeOf(list)
  const data = list.flat(Number.POSITIVE_INFINITY)
  const typed = shape && typeElements(data, column)
  return typed && shape
    ? { name, shape, ...typed }
    : { name, shape: [list.length], datatype: 'BYTES', data: list.map(toText) }
}

const NESTED = new Set(['array', 'object', 'map'])
const toText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** Returns undefined for lists of different lengths. */
function shapeOf(list: readonly unknown[]): number[] | undefined {
  const [first] = list
  if (!Array.isArray(first)) return list.some(Array.isArray) ? undefined : [list.length]
  if (!list.every((one) => Array.isArray(one) && one.length === first.length)) return undefined
  const rest = shapeOf(list.flat())
  return rest && [list.length, first.length, ...rest.slice(1)]
}

type Typed = Pick<Tensor, 'datatype' | 'data'>

/** Elements that do not fit the signature have the datatype of their values. */
function typeElements(data: readonly unknown[], column: Column | undefined): Typed | undefined {
  const candidates = column ? [datatypeOf(column), ...inferDatatypes(data)] : inferDatatypes(data)
  for (const datatype of candidates) {
    if (datatype === 'BYTES') {
      if (data.every((element) => typeof element === 'string')) return { datatype, data }
    } else {
      const elements = data.map((element) => readElement(datatype, element))
      if (!elements.includes(undefined)) return { datatype, data: elements }
    }
  }
  return undefined
}

/** Models return integers beyond 2^53 as text among numbers. */
function inferDatatypes(data: readonly unknown[]): DatatypeName[] {
  const types = new Set(data.map((element) => typeof element))
  if (types.has('string')) return types.has('number') ? ['INT64'] : ['BYTES']
  return types.has('boolean') ? ['BOOL'] : ['FP64']
}

/** Infinities and NaN are null in JSON only. */
const readElement = (datatype: keyof typeof DATATYPES, element: unknown) =>
  typeof element === 'number' && !Number.isFinite(element) && datatype.startsWith('FP')
    ? element
    : DATATYPES[datatype].read(element)
