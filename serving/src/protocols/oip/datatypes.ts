/** How the elements of a datatype are written in JSON, and in little-endian bytes. */
export interface Datatype {
  /** Returns the element, or `undefined` if it is invalid. Missing numbers are null. */
  read(value: unknown): unknown
  readonly wanted: string
  /** Bytes of one element. */
  readonly size: number
  get(view: DataView, at: number): unknown
  set(view: DataView, at: number, element: unknown): void
}

type Kind = 'Int8' | 'Uint8' | 'Int16' | 'Uint16' | 'Int32' | 'Uint32' | 'Float32' | 'Float64'
type BigKind = 'BigInt64' | 'BigUint64'
type Getter = (at: number, littleEndian: true) => never
type Setter = (at: number, value: unknown, littleEndian: true) => void

const getElement = <T>(view: DataView, kind: Kind | BigKind, at: number): T =>
  (view[`get${kind}`] as Getter).call(view, at, true)
const setElement = (view: DataView, kind: Kind | BigKind, at: number, value: unknown) =>
  (view[`set${kind}`] as Setter).call(view, at, value, true)

const integers = (kind: Kind, size: number, low: number, high: number): Datatype => ({
  read: (value) => (Number.isInteger(value) && isWithin(value as number, low, high) ? value : undefined),
  wanted: `an integer from ${low} to ${high}`,
  size,
  get: (view, at) => getElement(view, kind, at),
  set: (view, at, element) => setElement(view, kind, at, element),
})

/** Elements beyond 2^53 are decimal text. */
const bigIntegers = (kind: BigKind, low: bigint, high: bigint): Datatype => ({
  read(value) {
    const isExact = Number.isSafeInteger(value) || (typeof value === 'string' && INTEGER.test(value))
    const integer = isExact ? BigInt(value as number | string) : high + 1n
    return isWithin(integer, low, high) ? toElement(integer) : undefined
  },
  wanted: `an integer from ${low} to ${high}`,
  size: 8,
  get: (view, at) => toElement(getElement(view, kind, at)),
  set: (view, at, element) => setElement(view, kind, at, BigInt(element as number | string)),
})

const INTEGER = /^-?\d{1,20}$/
const isWithin = <T extends number | bigint>(value: T, low: T, high: T) => value >= low && value <= high
const toElement = (integer: bigint) =>
  Number.isSafeInteger(Number(integer)) ? Number(integer) : String(integer)

const floats = (kind: 'Float32' | 'Float64', size: number, max: number): Datatype => ({
  read(value) {
    if (value === null) return null
    // `parseInferRequest` reads integers beyond 2^53 as text
    const number = typeof value === 'string' && /^-?\d{16,400}$/.test(value) ? Number(value) : value
    if (typeof number !== 'number' || Math.abs(number) > max) return undefined
    return kind === 'Float32' ? Math.fround(number) : number
  },
  wanted: 'a number in the range of the datatype',
  size,
  get: (view, at) => getElement(view, kind, at),
  set: (view, at, element) => setElement(view, kind, at, element ?? Number.NaN),
})

const MAX_FLOAT16 = 65_504
const MAX_FLOAT32 = 3.4028234663852886e38

export const DATATYPES = {
  BOOL: {
    ...integers('Uint8', 1, 0, 1),
    read: (value) =>
      value === 0 || value === 1 ? value === 1 : typeof value === 'boolean' ? value : undefined,
    wanted: 'true or false',
    get: (view, at) => view.getUint8(at) !== 0,
  },
  INT8: integers('Int8', 1, -(2 ** 7), 2 ** 7 - 1),
  INT16: integers('Int16', 2, -(2 ** 15), 2 ** 15 - 1),
  INT32: integers('Int32', 4, -(2 ** 31), 2 ** 31 - 1),
  INT64: bigIntegers('BigInt64', -(2n ** 63n), 2n ** 63n - 1n),
  UINT8: integers('Uint8', 1, 0, 2 ** 8 - 1),
  UINT16: integers('Uint16', 2, 0, 2 ** 16 - 1),
  UINT32: integers('Uint32', 4, 0, 2 ** 32 - 1),
  UINT64: bigIntegers('BigUint64', 0n, 2n ** 64n - 1n),
  FP16: { ...floats('Float32', 2, MAX_FLOAT16), get: (view, at) => fromHalf(view.getUint16(at, true)) },
  FP32: floats('Float32', 4, MAX_FLOAT32),
  FP64: floats('Float64', 8, Number.MAX_VALUE),
} satisfies Record<string, Datatype>

/** Text or bytes of any length, which have no fixed size. */
export type DatatypeName = keyof typeof DATATYPES | 'BYTES'

export const isDatatype = (name: unknown): name is DatatypeName =>
  name === 'BYTES' || (typeof name === 'string' && Object.hasOwn(DATATYPES, name))

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = (bits & 0x3ff) / 1024
  if (exponent === 0) return sign * fraction * 2 ** -14
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction) * 2 ** (exponent - 15)
}
