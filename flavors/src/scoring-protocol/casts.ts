import { invalid } from '@cairn/platform/errors'
import type { Column } from '../mlmodel/signature.js'
import { enforceNested } from './nested-types.js'

interface Cast {
  /** Returns `undefined` for a value without a meaning in this type. */
  cast(value: unknown): unknown
  readonly wanted: string
  /** True if a required column may have missing cells. */
  readonly nullable: boolean
}

const MIN_INT32 = -(2 ** 31)
const MAX_INT32 = 2 ** 31 - 1
const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n

/** The rules of pandas' `astype`, except that a value which it would change beyond recognition is invalid. */
const CASTS: Readonly<Record<string, Cast>> = {
  double: { cast: toNumber, wanted: 'a number', nullable: true },
  float: {
    cast(value) {
      const number = toNumber(value)
      return number === undefined ? undefined : Math.fround(number)
    },
    wanted: 'a number',
    nullable: true,
  },
  integer: {
    cast(value) {
      const integer = toInteger(value)
      return Number(integer) >= MIN_INT32 && Number(integer) <= MAX_INT32 ? integer : undefined
    },
    wanted: `an integer from ${MIN_INT32} to ${MAX_INT32}`,
    nullable: false,
  },
  long: {
    cast: toInteger,
    wanted: `an integer from ${MIN_INT64} to ${MAX_INT64}, beyond 2^53 as text`,
    nullable: false,
  },
  boolean: { cast: toBoolean, wanted: 'true or false', nullable: false },
  string: {
    // Integers only: other numbers are written differently in Python
    cast: (value) =>
      typeof value === 'string' ? value : Number.isSafeInteger(value) ? String(value) : undefined,
    wanted: 'text',
    nullable: true,
  },
  binary: { cast: toBytes, wanted: 'text in base64', nullable: false },
  datetime: {
    cast: (value) =>
      Number.isSafeInteger(value) || (typeof value === 'string' && isDate(value)) ? value : undefined,
    wanted: 'a date and time of ISO 8601',
    nullable: true,
  },
}

/**
 * Casts the cells of a column to its type in the signature, like MLflow's scoring server: numbers may be text, booleans are
 * 0 or 1, fractions of integers are dropped, and binary cells are base64. Missing cells become null.
 *
 * @throws INVALID_PARAMETER_VALUE naming the column and row
 */
export function castColumn(cells: readonly unknown[], column: Column, name: string): readonly unknown[] {
  const type = Object.hasOwn(CASTS, column.type) ? CASTS[column.type] : undefined
  if (!type)
    return cells.map((cell, row) =>
      enforceNested(cell ?? null, column, {
        path: `Column '${name}', row ${row}`,
        required: isRequired(column),
      }),
    )
  const nullable = type.nullable || !isRequired(column)
  return cells.map((cell, row) => {
    if (cell === null || cell === undefined) {
      if (nullable) return null
      throw invalid(`Column '${name}', row ${row} is missing; it must be ${type.wanted}.`)
    }
    const value = type.cast(cell)
    if (value === undefined) throw invalid(`Column '${name}', row ${row} must be ${type.wanted}.`)
    return value
  })
}

const isRequired = ({ required }: Column) => required !== false

/** Reads a number, a boolean as 0 or 1, or text like Python's `float`. Returns `undefined` for anything else. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (text.length > MAX_DIGITS) return undefined
  if (FLOAT.test(text)) return Number(text)
  const [, sign, word] = SPECIAL_FLOAT.exec(text) ?? []
  if (word === undefined) return undefined
  const size = /^n/i.test(word) ? Number.NaN : Number.POSITIVE_INFINITY
  return sign === '-' ? -size : size
}

/** A double has at most 767 significant digits. */
const MAX_DIGITS = 1000
const FLOAT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const SPECIAL_FLOAT = /^([+-]?)(nan|inf|infinity)$/i

/** Numbers are truncated. Integers beyond 2^53 are accepted as text only, and stay text, because numbers are rounded there. */
function toInteger(value: unknown): number | string | undefined {
  if (typeof value === 'string') return toLong(value.trim())
  const integer = typeof value === 'boolean' ? Number(value) : Math.trunc(value as number)
  return typeof value !== 'object' && Number.isSafeInteger(integer) ? integer + 0 : undefined
}

function toLong(text: string): number | string | undefined {
  if (!/^[+-]?\d{1,30}$/.test(text)) return undefined
  const integer = BigInt(text.replace('+', ''))
  if (integer < MIN_INT64 || integer > MAX_INT64) return undefined
  return Number.isSafeInteger(Number(integer)) ? Number(integer) : String(integer)
}

function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  if (typeof value !== 'string') return undefined
  const text = value.toLowerCase()
  return text === 'true' ? true : text === 'false' ? false : undefined
}

function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  if (typeof value !== 'string') return undefined
  const text = value.replaceAll(/\s/g, '')
  const padding = text.indexOf('=')
  const isBase64 = text.length % 4 === 0 && !/[^A-Za-z0-9+/=]|=[^=]/.test(text)
  return isBase64 && (padding < 0 || padding >= text.length - 2) ? Buffer.from(text, 'base64') : undefined
}

const DATE = /^(\d{4}-\d{2}-(\d{2}))(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?:Z|[+-]\d{2}:?\d{2})?)?$/

/** Accepts ISO 8601 with a space or `T`, and only days that exist. */
export function isDate(text: string): boolean {
  const [, date, day, time = '00:00'] = DATE.exec(text) ?? []
  const at = date === undefined ? Number.NaN : Date.parse(`${date}T${time}Z`)
  return !Number.isNaN(at) && new Date(at).getUTCDate() === Number(day)
}
