import { invalid } from '@cairn/platform/errors'
import type { Shape } from '../mlmodel/signature.js'
import { isRow, type Row } from './scoring-input.js'

interface Position {
  /** The beginning of an error message. */
  readonly path: string
  readonly required: boolean
}

/**
 * Checks a value of an `array`, `object` or `map` of the signature. Unlike the cells of scalar columns, nested values are not
 * cast, as in MLflow.
 *
 * @throws INVALID_PARAMETER_VALUE naming the position
 */
export function enforceNested(value: unknown, shape: Shape, position: Position): unknown {
  switch (shape.type) {
    case 'array':
      return enforceArray(value, shape.items ?? ANY, position)
    case 'object':
      return enforceObject(value, shape.properties ?? {}, position)
    case 'map':
      return enforceMap(value, shape.values ?? ANY, position)
    default:
      return enforceScalar(value, shape, position)
  }
}

const ANY: Shape = { type: 'any' }

function enforceArray(value: unknown, items: Shape, { path, required }: Position): unknown {
  if (value === null && (!required || items.type === 'any')) return value
  if (!Array.isArray(value)) throw invalid(`${path} must be a list.`)
  const isScalar = Object.hasOwn(SCALARS, items.type)
  return value.map((item, at) =>
    enforceNested(item, items, { path: `${path}[${at}]`, required: required || isScalar }),
  )
}

type Properties = NonNullable<Shape['properties']>

function enforceObject(value: unknown, properties: Properties, { path, required }: Position): unknown {
  if (!required && (value === null || isEmpty(value))) return value
  if (!isRow(value)) throw invalid(`${path} must be an object.`)
  const names = Object.keys(properties)
  const missing = names.find((name) => properties[name]!.required !== false && !Object.hasOwn(value, name))
  if (missing !== undefined) throw invalid(`${path} has no property '${missing}'.`)
  if (Object.keys(value).some((name) => !Object.hasOwn(properties, name)))
    throw invalid(`${path} has a property that is not in the signature; supported: ${names.join(', ')}.`)
  return mapValues(value, (entry, name) => {
    const property = properties[name]!
    return enforceNested(entry, property, {
      path: `${path}.${name}`,
      required: property.required !== false,
    })
  })
}

function enforceMap(value: unknown, values: Shape, { path, required }: Position): unknown {
  if ((!required || values.type === 'any') && (value === null || isEmpty(value))) return value
  if (!isRow(value)) throw invalid(`${path} must be an object.`)
  return mapValues(value, (entry) => enforceNested(entry, values, { path: `${path}, a value`, required }))
}

const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isInteger(value) && Math.abs(value as number) <= 2 ** 31,
  long: (value) => Number.isSafeInteger(value),
  float: (value) => typeof value === 'number',
  double: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  binary: (value) => typeof value === 'string',
  datetime: (value) => typeof value === 'string',
}

function enforceScalar(value: unknown, { type }: Shape, { path, required }: Position): unknown {
  const accepts = Object.hasOwn(SCALARS, type) ? SCALARS[type] : undefined
  if (!accepts || (value === null && !required)) return value
  if (!accepts(value)) throw invalid(`${path} must be of type ${type}.`)
  return value
}

const isEmpty = (value: unknown) => isRow(value) && Object.keys(value).length === 0

const mapValues = (row: Row, change: (value: unknown, name: string) => unknown): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, change(value, name)]))
