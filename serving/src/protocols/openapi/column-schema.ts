import type { Column, Param, Shape } from '@cairn/flavors/mlmodel/signature'

/** A JSON Schema of draft 2020-12. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

const SCALARS: Readonly<Record<string, JsonSchema>> = {
  boolean: { type: 'boolean' },
  integer: { type: 'integer', format: 'int32', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  long: { type: 'integer', format: 'int64' },
  float: { type: 'number', format: 'float' },
  double: { type: 'number', format: 'double' },
  string: { type: 'string' },
  binary: { type: 'string', contentEncoding: 'base64' },
  datetime: { type: 'string', description: 'A date and time of ISO 8601.' },
}

/** Types whose required cells may be missing. */
const NULLABLE = new Set(['float', 'double', 'string', 'datetime'])

/** Describes a cell of a column. */
export function cellSchema(column: Column): JsonSchema {
  const schema = valueSchema(column)
  const isNullable = NULLABLE.has(column.type) || column.required === false
  return isNullable && schema.type !== undefined ? { ...schema, type: [schema.type, 'null'] } : schema
}

/** Describes a row with the columns as fields. Others are ignored. */
export const rowSchema = (columns: readonly Column[]): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(columns.map((column) => [column.name!, cellSchema(column)])),
  required: columns.filter(isRequired).map(({ name }) => name),
})

/** Describes named lists: the cells of each column, or the tensors of a graph. */
export const listsSchema = (columns: readonly Column[]): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(
    columns.map((column) => [
      column.name!,
      column.type === 'tensor' ? tensorSchema(column) : { type: 'array', items: cellSchema(column) },
    ]),
  ),
  required: columns.filter(isRequired).map(({ name }) => name),
})

/** Describes nested lists of the shape in the signature. */
export function tensorSchema(column: Column): JsonSchema {
  const { dtype = '', shape = [] } = column['tensor-spec'] ?? {}
  return shape.reduceRight<JsonSchema>(
    (items, length) => ({
      type: 'array',
      items,
      ...(length >= 0 && { minItems: length, maxItems: length }),
    }),
    elementSchema(dtype),
  )
}

export const paramsSchema = (params: readonly Param[]): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(
    params.map((param) => {
      const schema = param.shape ? { type: 'array', items: valueSchema(param) } : valueSchema(param)
      return [param.name, param.default === undefined ? schema : { ...schema, default: param.default }]
    }),
  ),
})

const isRequired = ({ required }: Column) => required !== false

function elementSchema(dtype: string): JsonSchema {
  if (/^u?int\d/.test(dtype)) return { type: 'integer' }
  if (/^float\d/.test(dtype)) return { type: ['number', 'null'] }
  return dtype === 'bool' ? { type: 'boolean' } : { type: 'string' }
}

function valueSchema(shape: Shape): JsonSchema {
  switch (shape.type) {
    case 'array':
      return { type: 'array', items: shape.items ? valueSchema(shape.items) : {} }
    case 'map':
      return { type: 'object', additionalProperties: shape.values ? valueSchema(shape.values) : {} }
    case 'object': {
      const properties = Object.entries(shape.properties ?? {})
      return {
        type: 'object',
        properties: Object.fromEntries(properties.map(([name, property]) => [name, cellSchema(property)])),
        required: properties.filter(([, property]) => isRequired(property)).map(([name]) => name),
        additionalProperties: false,
      }
    }
    case 'tensor':
      return tensorSchema(shape)
    default:
      return Object.hasOwn(SCALARS, shape.type) ? SCALARS[shape.type]! : {}
  }
}
