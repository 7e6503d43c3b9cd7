import { invalid } from '@cairn/platform/errors'

/** MLflow's scalar types and the nested types of MLflow 3. */
export type DataType =
  | 'boolean'
  | 'integer'
  | 'long'
  | 'float'
  | 'double'
  | 'string'
  | 'binary'
  | 'datetime'
  | 'any'
  | 'array'
  | 'object'
  | 'map'

/** The type of a column or parameter, with the types nested in it. */
export interface Shape {
  readonly type: DataType | 'tensor' | (string & {})
  /** Element type of an `array`. */
  readonly items?: Shape
  /** Fields of an `object`. */
  readonly properties?: Readonly<Record<string, Shape & { readonly required?: boolean }>>
  /** Value type of a `map`. */
  readonly values?: Shape
  /** Type of a `tensor`; a length of −1 is any length. */
  readonly 'tensor-spec'?: { readonly dtype: string; readonly shape: readonly number[] }
}

export interface Column extends Shape {
  readonly name?: string
  /** Absent counts as true. */
  readonly required?: boolean
}

/** A parameter that requests may set: a scalar, an `object`, or with the shape [−1] a list of scalars. */
export interface Param extends Shape {
  readonly name: string
  readonly default?: unknown
  readonly shape?: readonly number[] | null
}

export interface Signature {
  readonly inputs?: readonly Column[]
  readonly outputs?: readonly Column[]
  readonly params?: readonly Param[]
}

/** A signature in an MLmodel file, where each field is a JSON string. */
export interface SignatureJson {
  readonly inputs?: string | null
  readonly outputs?: string | null
  readonly params?: string | null
}

const FIELDS = ['inputs', 'outputs', 'params'] as const

/** @throws INVALID_PARAMETER_VALUE naming the malformed field */
export function parseSignature(json: SignatureJson): Signature {
  const signature: Record<string, unknown> = {}
  for (const field of FIELDS) {
    const text = json[field]
    if (text === undefined || text === null) continue
    const entries = parseField(field, text)
    signature[field] = field === 'params' ? entries.map(parseParam) : entries
  }
  return signature as Signature
}

export const formatSignature = (signature: Signature): SignatureJson =>
  Object.fromEntries(
    FIELDS.map((field) => [field, signature[field] ? JSON.stringify(signature[field]) : null]),
  )

function parseField(field: string, text: unknown): readonly Readonly<Record<string, unknown>>[] {
  const refuse = (cause?: unknown) =>
    invalid(`MLmodel: signature.${field} must be a JSON list of named types`, { cause })
  try {
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : text
    if (Array.isArray(value) && value.every((entry) => typeof entry === 'object' && entry !== null))
      return value
  } catch (cause) {
    throw refuse(cause)
  }
  throw refuse()
}

/** Older files write `dtype` for `type`. */
function parseParam(entry: Readonly<Record<string, unknown>>): Param {
  const { dtype, type = dtype, ...fields } = entry
  if (typeof fields.name !== 'string' || typeof type !== 'string')
    throw invalid('MLmodel: each of signature.params must have a name and a type')
  return { ...fields, name: fields.name, type }
}
