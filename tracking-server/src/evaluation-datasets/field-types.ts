import { isList, isMap, parse, type Value, type ValueMap } from '../spans/value.js'
import type { RecordInput } from './record-input.js'

/** Types of the fields of records, in MLflow's format. A field keeps its first type. */
interface FieldTypes {
  readonly inputs: Record<string, Value>
  /** The type itself if outputs are not maps. */
  readonly outputs: Record<string, Value> | string
  readonly expectations: Record<string, Value>
}

/** @returns the schema of a data set, as JSON values, after adding records to it */
export function mergeFieldTypes(schema: string | null, records: readonly RecordInput[]): ValueMap {
  const known = (schema === null ? {} : parse(schema)) as Partial<FieldTypes>
  const types = { inputs: {}, outputs: {}, expectations: {}, ...known }
  for (const { inputs, outputs, expectations } of records) {
    addTypes(types.inputs, inputs)
    addTypes(types.expectations, expectations ?? {})
    types.outputs = withOutputs(types.outputs, outputs ?? undefined)
  }
  return { ...types, version: '1.0' }
}

function withOutputs(types: FieldTypes['outputs'], outputs: Value | undefined): FieldTypes['outputs'] {
  if (outputs === undefined) return types
  if (!isMap(outputs)) return Object.keys(types).length === 0 ? typeOf(outputs) : types
  if (typeof types !== 'string') addTypes(types, outputs)
  return types
}

function addTypes(types: Record<string, Value>, fields: ValueMap): void {
  for (const [name, value] of Object.entries(fields))
    if (!Object.hasOwn(types, name))
      Object.defineProperty(types, name, { value: typeOf(value), enumerable: true }) // a field may be called `__proto__`
}

function typeOf(value: Value): string {
  if (value === null) return 'null'
  if (isList(value)) return 'array'
  switch (typeof value) {
    case 'bigint':
      return 'integer'
    case 'number':
      return 'float'
    default:
      return typeof value
  }
}
