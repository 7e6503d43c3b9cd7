import { api } from '../harness/api.js'

export interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly required?: readonly string[]
}
interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Schema
}
interface Documented {
  readonly description?: string
  readonly operationId?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

/** An operation of the server's OpenAPI document. */
export interface OperationToTry {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly takesBody: boolean
  /** The sentence that names the required right. */
  readonly right: string
  readonly schema: Schema
}

/** The operations whose id matches. Destructive ones come last, since the others need the objects. */
export async function operationsOf(url: string, only = /./): Promise<OperationToTry[]> {
  const { paths } = await api(url).get<{ paths: Record<string, Record<string, Documented>> }>('/openapi.json')
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => operation(path, method.toUpperCase(), documented)),
  )
  return operations
    .filter(({ id }) => only.test(id))
    .sort((a, b) => Number(isDestructive(a)) - Number(isDestructive(b)))
}

const isDestructive = ({ method, id }: OperationToTry) =>
  method === 'DELETE' || /delete|rename|reset|update(Catalog|Schema|Table|Volume)/i.test(id)

function operation(path: string, method: string, documented: Documented): OperationToTry {
  const body = documented.requestBody?.content['application/json']?.schema
  const query = documented.parameters?.filter((parameter) => parameter.in !== 'header') ?? []
  const properties = Object.fromEntries(query.map(({ name, schema }) => [name, schema]))
  const required = query.filter((parameter) => parameter.required).map(({ name }) => name)
  return {
    id: documented.operationId ?? `${method} ${path}`,
    method,
    path,
    takesBody: body !== undefined,
    right: documented.description ?? '',
    schema: body ?? { type: 'object', properties, required },
  }
}

/** Path of a field in an input, such as `['metrics', 0, 'value']`; fields inside lists and objects included. */
export type FieldPath = readonly (string | number)[]

export function fieldPathsOf(schema: Schema, depth = 3): FieldPath[] {
  const below = (key: string | number, inner: Schema): FieldPath[] => [
    [key],
    ...(depth > 1 ? fieldPathsOf(inner, depth - 1).map((path) => [key, ...path]) : []),
  ]
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => below(name, inner))
  const items = schema.items ? below(0, schema.items) : []
  return [...fields, ...items, ...(schema.anyOf ?? []).flatMap((one) => fieldPathsOf(one, depth))]
}

/** Values of fields, by name, that refer to existing objects. */
export type KnownValues = Readonly<Record<string, unknown>>

/** The smallest valid input: required fields, and those with a known value. */
export function minimalInput(schema: Schema, known: KnownValues, name = ''): unknown {
  if (Object.hasOwn(known, name)) return known[name]
  if (schema.anyOf) return minimalInput(schema.anyOf[0]!, known, name)
  if (schema.enum) return schema.enum[0]
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        Object.keys(schema.properties ?? {})
          .filter((field) => schema.required?.includes(field) || Object.hasOwn(known, field))
          .map((field) => [field, minimalInput(fieldOf(schema, field), known, field)]),
      )
    case 'array':
      return schema.items ? [minimalInput(schema.items, known)] : []
    case 'integer':
    case 'number':
      return 1
    case 'boolean':
      return false
    default:
      return 'x'
  }
}

/** A minimal input with one field replaced by the value. */
export function inputWith(
  schema: Schema,
  known: KnownValues,
  path: FieldPath,
  value: unknown,
  name = '',
): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  const inner = fieldOf(schema, key)
  const changed = inputWith(inner, known, rest, value, String(key))
  if (typeof key === 'number') return [changed]
  const siblings = minimalInput(branchWith(schema, key), known, Object.hasOwn(known, name) ? '' : name)
  return { ...(siblings as object), [key]: changed }
}

const fieldOf = (schema: Schema, key: string | number): Schema => {
  const branch = branchWith(schema, key)
  return (typeof key === 'number' ? branch.items : branch.properties?.[key]) ?? {}
}

const branchWith = (schema: Schema, key: string | number): Schema =>
  schema.anyOf?.find((one) => (typeof key === 'number' ? one.items : one.properties?.[key])) ?? schema
