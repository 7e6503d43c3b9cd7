import { invalid } from '@cairn/platform/errors'

/** MLflow's scalar types, and the nested ones of MLflow 3. */
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

export interface Shape {
  readonly type: DataType | 'tensor' | (string & {})
  /** Of an `array`. */
  readonly items?: Shape
  /** Of an `object`. */
  readonly properties?: Readonly<Record<string, Shape & { readonly required?: boolean }>>
  /** Of a `map`. */
  readonly values?: Shape
  /** Of a `tensor`; −1 is any length. */
  readonly 'tensor-spec'?: { readonly dtype: string; readonly shape: readonly number[] }
}

export interface Column extends Shape {
  readonly name?: string
  /** Absent counts as true. */
  readonly required?: boolean
}

export interface Param {
  readonly name: string
  readonly type: string
  readonly default?: unknown
  readonly shape?: readonly number[] | null
}

export interface Signature {
  readonly inputs?: readonly Column[]
  readonly outputs?: readonly Column[]
  readonly params?: readonly Param[]
}

/** In an MLmodel file each part is a JSON text of its own. */
export interface WrittenSignature {
  readonly inputs?: string | null
  readonly outputs?: string | null
  readonly params?: string | null
}

const PARTS = ['inputs', 'outputs', 'params'] as const

export function parseSignature(written: WrittenSignature): Signature {
  const signature: Record<string, unknown> = {}
  for (const part of PARTS) {
    const text = written[part]
    if (text !== undefined && text !== null) signature[part] = parsePart(part, text)
  }
  return signature as Signature
}

export const writeSignature = (signature: Signature): WrittenSignature =>
  Object.fromEntries(PARTS.map((part) => [part, signature[part] ? JSON.stringify(signature[part]) : null]))

function parsePart(part: string, text: unknown): readonly object[] {
  const refuse = (cause?: unknown) =>
    invalid(`MLmodel: signature.${part} must be a JSON list of named types`, { cause })
  try {
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : text
    if (Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null)) return value
  } catch (cause) {
    throw refuse(cause)
  }
  throw refuse()
}
