import type { TSchema } from 'typebox'
import { invalid } from '../errors.js'

type Node = TSchema & {
  type?: string
  properties?: Record<string, TSchema>
  items?: TSchema
  maxItems?: number
  anyOf?: TSchema[]
  'x-numbers'?: Record<string, number>
  'x-alias'?: string
  /** Rejects unknown fields instead of ignoring them. */
  'x-closed'?: true
}
type Normalize = (value: unknown) => unknown

const NUMERIC = /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i
const SPECIAL = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

const same: Normalize = (value) => value

/** The part of an input that a schema describes. */
interface Part {
  /** The path in MLflow's notation without indices, such as `metrics.value`; empty for the whole input. */
  readonly path: string
  /** The maximum length of lists without `maxItems`. */
  readonly maxItems: number
}

/**
 * Compiles a function that normalizes input before validation like protobuf's JSON parser, on which all MLflow clients rely:
 * `null` is unset, int64 and double may be strings and int64 a float, enums may be numbers, names may be camelCase, and a
 * repeated query parameter given once is a list of one. Invalid values are unchanged, so that the validator reports them.
 * Lists that are too long are rejected before their items are read.
 *
 * @param maxItems the maximum length of lists whose schema has no `maxItems`
 */
export const compileNormalize = (schema: TSchema, maxItems = Number.POSITIVE_INFINITY): Normalize =>
  normalizeNode(schema, { path: '', maxItems })

function normalizeNode(schema: TSchema, part: Part): Normalize {
  const node = schema as Node
  if (node['x-numbers']) return normalizeEnum(node['x-numbers'])
  switch (node.type) {
    case 'object':
      return node.properties ? normalizeProperties(node.properties, part, node['x-closed']) : same
    case 'array':
      return normalizeArray(node, part)
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

function normalizeArray({ items, maxItems }: Node, part: Part): Normalize {
  const item = items ? normalizeNode(items, part) : same
  const limit = maxItems ?? part.maxItems
  return (value) => {
    if (!Array.isArray(value)) return value
    if (value.length > limit)
      throw invalid(`'${part.path}' has ${value.length} items; at most ${limit} are allowed in a request.`)
    if (item === same) return value
    const changed = value.findIndex((one) => !Object.is(item(one), one))
    return changed < 0 ? value : [...value.slice(0, changed), ...value.slice(changed).map(item)]
  }
}

function normalizeProperties(properties: Record<string, TSchema>, part: Part, isClosed = false): Normalize {
  const fields = fieldsBySpelling(properties, part)
  const normalize = normalizeObject(fields)
  if (!isClosed) return normalize
  return (value) => {
    if (isRecord(value)) refuseUnknown(value, fields, part)
    return normalize(value)
  }
}

function refuseUnknown(
  value: Record<string, unknown>,
  fields: ReadonlyMap<string, NormalizedField>,
  { path }: Part,
) {
  for (const key in value)
    if (value[key] !== null && !fields.has(key) && !fields.has(snakeCase(key)))
      throw invalid(
        `'${path ? `${path}.` : ''}${key.slice(0, 100)}' is not a known field. Remove it: nothing would keep or enforce it.`,
      )
}

/** Normalizes an input. Returns the input itself if nothing changed, which is usual, because a copy takes longer. */
function normalizeObject(fields: ReadonlyMap<string, NormalizedField>): Normalize {
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

/** Finds the value of a field. If it is given in several spellings, its name takes precedence. */
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

/** Returns all fields by name and by older name. */
function fieldsBySpelling(
  properties: Record<string, TSchema>,
  { path, maxItems }: Part,
): ReadonlyMap<string, NormalizedField> {
  const fields = new Map<string, NormalizedField>()
  for (const [name, schema] of Object.entries(properties)) {
    const part = { path: path ? `${path}.${name}` : name, maxItems }
    const field = { name, normalize: normalizeNode(schema, part) }
    const alias = (schema as Node)['x-alias']
    if (alias) fields.set(alias, field)
    fields.set(name, field)
  }
  return fields
}

export const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Returns the names of list fields, whose single values in query strings must be wrapped. */
export function listFields(schema: TSchema): ReadonlySet<string> {
  const properties = (schema as Node).properties ?? {}
  return new Set(Object.keys(properties).filter((name) => (properties[name] as Node).type === 'array'))
}
