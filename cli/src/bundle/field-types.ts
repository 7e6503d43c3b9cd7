import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv'
import { RESOURCE_SCHEMAS, type ResourceKind } from './schema.js'

type Json = Readonly<Record<string, unknown>>

const ajv = new Ajv.default({ strict: false, allErrors: true, verbose: true })
const validators = new Map<ResourceKind, ValidateFunction>()

/** Gives scalars the types of their fields, as Databricks does: the number `3` in a field of texts is `'3'`, also when it is the value of a variable. */
export function withFieldTypes(kind: ResourceKind, settings: Json): Json {
  const validate = validators.get(kind) ?? ajv.compile(RESOURCE_SCHEMAS[kind])
  validators.set(kind, validate)
  const typed = structuredClone(settings)
  if (validate(typed)) return typed
  for (const error of validate.errors!) {
    const value = error.keyword === 'type' ? scalarOf(error) : undefined
    if (value !== undefined) setAt(typed, error.instancePath, value)
  }
  return typed
}

function scalarOf({ data, params }: ErrorObject): string | number | boolean | undefined {
  const types = [params.type].flat()
  if (types.includes('string') && ['number', 'boolean'].includes(typeof data)) return String(data)
  if (typeof data !== 'string') return undefined
  if (types.includes('boolean') && /^(true|false)$/.test(data)) return data === 'true'
  if (types.includes('integer') && /^-?\d+$/.test(data)) return Number(data)
  if (types.includes('number') && /^-?\d+(\.\d+)?$/.test(data)) return Number(data)
  return undefined
}

/** @param pointer a JSON pointer to a member of `value` */
function setAt(value: unknown, pointer: string, scalar: unknown): void {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = path.pop()
  const parent = path.reduce<unknown>((one, name) => (one as Record<string, unknown>)[name], value)
  if (last !== undefined) (parent as Record<string, unknown>)[last] = scalar
}
