import { invalid } from '@cairn/platform/errors'
import { toNumber } from '../scoring-protocol/casts.js'
import type { AnyData, OnnxTensor, TensorSpec } from './session.js'

const MAX_DIMENSIONS = 16

type Element = number | bigint | string

interface ElementType {
  make(length: number): AnyData
  /** Returns `undefined` for an invalid value. */
  read(value: unknown): Element | undefined
  readonly wanted: string
}

/** Like casting a data frame; `null` is missing. */
const toFloat = (value: unknown): number | undefined =>
  value === null || value === undefined ? Number.NaN : toNumber(value)

const floats = (make: ElementType['make']): ElementType => ({ make, read: toFloat, wanted: 'a number' })

const integers = (make: ElementType['make'], low: number, high: number): ElementType => ({
  make,
  read(value) {
    const number = toFloat(value)
    return Number.isInteger(number) && number! >= low && number! <= high ? number : undefined
  },
  wanted: `an integer from ${low} to ${high}`,
})

/** Integers beyond 2^53 are accepted as text only, as JSON numbers are rounded. */
const bigIntegers = (make: ElementType['make'], low: bigint, high: bigint): ElementType => ({
  make,
  read(value) {
    const isExact = typeof value === 'boolean' || Number.isSafeInteger(value)
    if (!isExact && !(typeof value === 'string' && /^-?\d{1,20}$/.test(value))) return undefined
    const integer = BigInt(value as number | string)
    return integer >= low && integer <= high ? integer : undefined
  },
  wanted: `an integer from ${low} to ${high}, beyond 2^53 as text`,
})

const TYPES: Readonly<Record<string, ElementType>> = {
  float32: floats((length) => new Float32Array(length)),
  float64: floats((length) => new Float64Array(length)),
  int8: integers((length) => new Int8Array(length), -128, 127),
  uint8: integers((length) => new Uint8Array(length), 0, 255),
  int16: integers((length) => new Int16Array(length), -32_768, 32_767),
  uint16: integers((length) => new Uint16Array(length), 0, 65_535),
  int32: integers((length) => new Int32Array(length), -(2 ** 31), 2 ** 31 - 1),
  uint32: integers((length) => new Uint32Array(length), 0, 2 ** 32 - 1),
  int64: bigIntegers((length) => new BigInt64Array(length), -(2n ** 63n), 2n ** 63n - 1n),
  uint64: bigIntegers((length) => new BigUint64Array(length), 0n, 2n ** 64n - 1n),
  bool: {
    make: (length) => new Uint8Array(length),
    read: (value) => (typeof value === 'boolean' || value === 0 || value === 1 ? Number(value) : undefined),
    wanted: 'true or false',
  },
  string: {
    make: (length) => new Array<string>(length).fill(''),
    read: (value) => (typeof value === 'string' ? value : undefined),
    wanted: 'text',
  },
}

export const isSupportedType = (type: string | undefined) => type !== undefined && Object.hasOwn(TYPES, type)

/**
 * Converts nested lists to a tensor of the type and shape of an input.
 *
 * @throws INVALID_PARAMETER_VALUE naming the input and the position in it
 */
export function toTensor(value: unknown, { name, type, shape }: TensorSpec): OnnxTensor<AnyData> {
  const dims = dimensionsOf(value, name)
  requireShape(dims, shape, name)
  const { make, read, wanted } = TYPES[type!]!
  const data = make(dims.reduce((product, length) => product * length, 1))
  let at = 0
  const position: number[] = []
  const fill = (nested: unknown) => {
    const length = dims[position.length]
    if (length === undefined) {
      const element = read(nested)
      if (element === undefined) throw invalidElement(name, position, wanted)
      data[at++] = element as never
      return
    }
    if (!Array.isArray(nested) || nested.length !== length)
      throw invalidElement(name, position, `a list of ${length} like the first one`)
    for (let n = 0; n < length; n++) {
      position.push(n)
      fill(nested[n])
      position.pop()
    }
  }
  fill(value)
  return { data, dims, type: type! }
}

function dimensionsOf(value: unknown, name: string): number[] {
  const dims: number[] = []
  for (let nested = value; Array.isArray(nested); nested = nested[0]) {
    if (dims.length === MAX_DIMENSIONS)
      throw invalid(`Input '${name}' has more than ${MAX_DIMENSIONS} dimensions.`)
    dims.push(nested.length)
  }
  return dims
}

/** Checks the shape; text and negative lengths match any length, an empty shape any dimensions. */
export function requireShape(
  dims: readonly number[],
  shape: readonly (number | string)[],
  name: string,
): void {
  const differs =
    dims.length !== shape.length || shape.some((length, at) => isFixed(length) && length !== dims[at])
  if (shape.length > 0 && differs)
    throw invalid(
      `Shape of input '${name}' [${dims.join(', ')}] does not match the expected shape ` +
        `[${shape.map((length) => (isFixed(length) ? length : -1)).join(', ')}].`,
    )
}

const isFixed = (length: number | string): length is number => typeof length === 'number' && length >= 0

const invalidElement = (name: string, position: readonly number[], wanted: string) =>
  invalid(`Invalid value for '${name}${position.map((n) => `[${n}]`).join('')}': it must be ${wanted}.`)

/** Returns nested lists for JSON; integers beyond 2^53 become text. */
export function toNested({ data, dims, type }: OnnxTensor<AnyData>): unknown {
  const elements = elementsOf(data, type)
  let at = 0
  const nest = (depth: number): unknown =>
    depth === dims.length ? elements(at++) : Array.from({ length: dims[depth]! }, () => nest(depth + 1))
  return nest(0)
}

/** Returns a flat list for JSON; integers beyond 2^53 become text. */
export function toFlat({ data, type }: OnnxTensor<AnyData>): unknown[] {
  const elements = elementsOf(data, type)
  return Array.from({ length: data.length }, (_, at) => elements(at))
}

function elementsOf(data: AnyData, type: string | undefined): (at: number) => unknown {
  if (type === 'bool') return (at) => data[at] === 1
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return (at) => {
      const number = Number(data[at])
      return Number.isSafeInteger(number) ? number : String(data[at])
    }
  return (at) => data[at]
}
