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
const SPECIAL = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

const same: Normalize = (value) => value

/**
 * Compiles a function that normalizes input before validation like protobuf's JSON parser, on which all MLflow clients rely:
 * `null` is unset, int64 and double may be strings and int64 a float, enums may be numbers, names may be camelCase, and a
 * repeated query parameter given once is a list of one. Invalid values are unchanged, so that the validator reports them.
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
  if (typeof value === 'number') return Number.isInteger(value) ? value : Math.trunc(value)
  if (typeof value === 'string' && NUMERIC.test(value)) return Math.trunc(Number(value))
  return value
}

const normalizeNumber: Normalize = (value) => {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string') return value
  return SPECIAL.get(value) ?? (NUMERIC.test(value) ? Number(value) : value)
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
  return (value) => {
    if (typeof value === 'object') return value
    return names.get(String(value)) ?? (Number.isInteger(value) ? value : undefined)
  }
}

function normalizeArray(items: TSchema | undefined): Normalize {
  const item = items ? compileNormalize(items) : same
  return (value) => {
    if (item === same || !Array.isArray(value)) return value
    const changed = value.findIndex((one) => !Object.is(item(one), one))
    return changed < 0 ? value : [...value.slice(0, changed), ...value.slice(changed).map(item)]
  }
}

/** Returns the input itself when nothing changed, as usual; a copy would take longer than the check. */
function normalizeObject(properties: Record<string, TSchema>): Normalize {
  const fields = fieldsBySpelling(properties)
  return (value) => {
    if (!isRecord(value)) return value
    let copy: Record<string, unknown> | undefined
    for (const key in value) {
      const field = fields.get(key) ?? fields.get(snakeCase(key))
      const one = value[key]
      const normalized = field && one !== null ? field.normalize(one) : undefined // unknown, or unset
      const unchanged = field?.name === key && normalized !== undefined && Object.is(normalized, one)
      if (unchanged && !copy) continue
      copy ??= before(value, key)
      put(copy, field, key, normalized)
    }
    return copy ?? value
  }
}

/** If a field is given in several spellings, its name takes precedence. */
function put(
  copy: Record<string, unknown>,
  field: NormalizedField | undefined,
  key: string,
  normalized: unknown,
) {
  if (!field || normalized === undefined) return
  if (field.name === key || copy[field.name] === undefined) copy[field.name] = normalized
}

function before(value: Record<string, unknown>, end: string): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const key in value) {
    if (key === end) break
    copy[key] = value[key]
  }
  return copy
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

interface NormalizedField {
  readonly name: string
  readonly normalize: Normalize
}

/** All fields by name and by older name. */
function fieldsBySpelling(properties: Record<string, TSchema>): ReadonlyMap<string, NormalizedField> {
  const fields = new Map<string, NormalizedField>()
  for (const [name, schema] of Object.entries(properties)) {
    const field = { name, normalize: compileNormalize(schema) }
    const alias = (schema as Node)['x-alias']
    if (alias) fields.set(alias, field)
    fields.set(name, field)
  }
  return fields
}

export const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Names of list fields, whose single values in query strings must be wrapped. */
export function listFields(schema: TSchema): ReadonlySet<string> {
  const properties = (schema as Node).properties ?? {}
  return new Set(Object.keys(properties).filter((name) => (properties[name] as Node).type === 'array'))
}
