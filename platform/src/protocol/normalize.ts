import type { TSchema } from 'typebox'

type Node = TSchema & {
  type?: string
  properties?: Record<string, TSchema>
  items?: TSchema
  anyOf?: TSchema[]
  'x-numbers'?: Record<string, number>
  'x-alias'?: string
}
type Normalize = (value: unknown) => unknown

const NUMERIC = /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i
const SPECIAL: Record<string, number> = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity }

const same: Normalize = (value) => value

/**
 * Compiles what protobuf's JSON parser (and so every MLflow client) takes for granted, before validation: `null` is
 * unset, int64 and double may be strings and int64 a float, enums may be numbers, camelCase names are fields too, a repeated query
 * parameter that came once is a list of one. What does not fit is left as it is, for the validator to name.
 */
export function compileNormalize(schema: TSchema): Normalize {
  const node = schema as Node
  if (node['x-numbers']) return normalizeEnum(node['x-numbers'])
  switch (node.type) {
    case 'object':
      return node.properties ? normalizeObject(node.properties) : same
    case 'array':
      return normalizeArray(node.items)
    case 'integer':
      return normalizeInteger
    case 'number':
      return normalizeNumber
    case 'boolean':
      return normalizeBoolean
    default:
      return same
  }
}

const normalizeInteger: Normalize = (value) => {
  if (typeof value === 'number') return Math.trunc(value)
  if (typeof value === 'string' && NUMERIC.test(value)) return Math.trunc(Number(value))
  return value
}

const normalizeNumber: Normalize = (value) => {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string') return value
  return SPECIAL[value] ?? (NUMERIC.test(value) ? Number(value) : value)
}

const normalizeBoolean: Normalize = (value) => {
  if (typeof value !== 'string') return value
  const word = value.toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : value
}

function normalizeEnum(numbers: Record<string, number>): Normalize {
  const names = new Map(
    Object.entries(numbers).flatMap(([name, number]) => [
      [name, name],
      [String(number), name],
    ]),
  )
  return (value) => (typeof value === 'object' ? value : names.get(String(value)))
}

function normalizeArray(items: TSchema | undefined): Normalize {
  const item = items ? compileNormalize(items) : same
  return (value) => (Array.isArray(value) ? (item === same ? value : value.map(item)) : value)
}

function normalizeObject(properties: Record<string, TSchema>): Normalize {
  const fields = fieldsBySpelling(properties)
  return (value) => {
    if (!isRecord(value)) return value
    const known: Record<string, unknown> = {}
    for (const key in value) {
      const field = fields.get(key) ?? fields.get(snakeCase(key))
      if (field && value[key] !== null) put(known, field, key, value[key]) // else unknown, or unset
    }
    return known
  }
}

function put(known: Record<string, unknown>, field: Spelled, key: string, value: unknown) {
  if (field.name !== key && known[field.name] !== undefined) return
  const normalized = field.normalize(value)
  if (normalized !== undefined) known[field.name] = normalized
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

interface Spelled {
  readonly name: string
  readonly normalize: Normalize
}

/** Each field by its name and by its older name; where both came, its name wins. */
function fieldsBySpelling(properties: Record<string, TSchema>): ReadonlyMap<string, Spelled> {
  const fields = new Map<string, Spelled>()
  for (const [name, schema] of Object.entries(properties)) {
    const field = { name, normalize: compileNormalize(schema) }
    const alias = (schema as Node)['x-alias']
    if (alias) fields.set(alias, field)
    fields.set(name, field)
  }
  return fields
}

export const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Query strings carry only strings: wraps single values of list fields, leaves the rest to `compileNormalize`. */
export function listFields(schema: TSchema): ReadonlySet<string> {
  const properties = (schema as Node).properties ?? {}
  return new Set(Object.keys(properties).filter((name) => (properties[name] as Node).type === 'array'))
}
