import { isRow } from '@cairn/flavors/scoring-protocol/scoring-input'
import { invalid } from '@cairn/platform/errors'
import { decodeText } from '../body-bytes.js'
import type { BinaryData } from './binary-data.js'
import { DATATYPES, type DatatypeName, isDatatype } from './datatypes.js'
import { BinaryTensor } from './tensor-bytes.js'

/** Elements are in row-major order. */
export interface Tensor {
  readonly name: string
  readonly datatype: DatatypeName
  readonly shape: readonly number[]
  readonly data: readonly unknown[]
  /** The elements in little-endian bytes, if they came so. */
  readonly bytes?: DataView
}

const MAX_DIMENSIONS = 16

/**
 * Parses one of `inputs`, whose data is a nested or flat list, or the next part of the binary data.
 *
 * @throws INVALID_PARAMETER_VALUE naming the input
 */
export function parseTensor(value: unknown, at: number, binary: BinaryData): Tensor {
  if (!isRow(value) || typeof value.name !== 'string' || value.name === '')
    throw invalid(`'inputs[${at}]' must be an object with a name.`)
  const { name, datatype, shape, data, parameters } = value
  if (!isDatatype(datatype))
    throw invalid(
      `The datatype of input '${name}' must be one of: ${Object.keys(DATATYPES).join(', ')}, BYTES.`,
    )
  if (!isShape(shape))
    throw invalid(
      `The shape of input '${name}' must be a list of positive integers, the first of which may be 0.`,
    )
  const size = binarySize(parameters, name)
  if (size !== undefined && datatype !== 'BYTES') {
    const bytes = binary.take(size, name)
    requireElements(countElements(bytes, datatype, name), shape, name)
    return new BinaryTensor(name, datatype, shape, bytes)
  }
  const elements =
    size === undefined ? readList(data, datatype, name) : readTexts(binary.take(size, name), name)
  requireElements(elements.length, shape, name)
  return { name, datatype, shape, data: elements }
}

function requireElements(count: number, shape: readonly number[], name: string): void {
  const wanted = shape.reduce((product, length) => product * length, 1)
  if (count !== wanted) throw invalid(`Input '${name}' has ${count} elements where its shape has ${wanted}.`)
}

const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  value.length <= MAX_DIMENSIONS &&
  value.every((length, at) => Number.isSafeInteger(length) && length >= (at === 0 ? 0 : 1))

function binarySize(parameters: unknown, name: string): number | undefined {
  if (!isRow(parameters)) return undefined
  if (parameters.shared_memory_region !== undefined)
    throw invalid(`Input '${name}' is in shared memory, which is not supported.`)
  const size = parameters.binary_data_size
  if (size === undefined) return undefined
  if (!Number.isSafeInteger(size) || (size as number) < 0)
    throw invalid(`'binary_data_size' of input '${name}' must be a number of bytes.`)
  return size as number
}

function readList(data: unknown, datatype: DatatypeName, name: string): unknown[] {
  if (!Array.isArray(data)) throw invalid(`Input '${name}' has no list 'data'.`)
  const { read, wanted } = datatype === 'BYTES' ? TEXT : DATATYPES[datatype]
  return (data.flat(Number.POSITIVE_INFINITY) as unknown[]).map((value, at) => {
    const element = read(value)
    if (element === undefined) throw invalid(`Element ${at} of input '${name}' must be ${wanted}.`)
    return element
  })
}

/** Missing values are null. */
const TEXT = {
  read: (value: unknown) => (typeof value === 'string' || value === null ? value : undefined),
  wanted: 'text',
}

function countElements(bytes: DataView, datatype: keyof typeof DATATYPES, name: string): number {
  const count = bytes.byteLength / DATATYPES[datatype].size
  if (!Number.isInteger(count)) throw invalid(`The binary data of input '${name}' ends within an element.`)
  return count
}

/** Each text follows its length in bytes. */
function readTexts(bytes: DataView, name: string): string[] {
  const texts: string[] = []
  for (let at = 0; at < bytes.byteLength; ) {
    const start = at + 4
    const end = start <= bytes.byteLength ? start + bytes.getUint32(at, true) : Number.POSITIVE_INFINITY
    if (end > bytes.byteLength) throw invalid(`The binary data of input '${name}' ends within an element.`)
    texts.push(decodeText(new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start)))
    at = end
  }
  return texts
}
