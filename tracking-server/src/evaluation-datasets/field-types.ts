import { invalid } from '@cairn/platform/errors'
import { dump, isList, isMap, parse, type Value, type ValueMap } from '../spans/value.js'
import type { RecordInput } from './record-input.js'

const MAX_FIELDS = 10_000

interface Types {
  inputs: Record<string, Value>
  /** The type itself if outputs are not maps. */
  outputs: Record<string, Value> | string
  expectations: Record<string, Value>
}

/** Types of the fields of records, in MLflow's format. A field keeps its first type. */
export class FieldTypes {
  readonly #types: Types

  /** @param schema of the dataset */
  constructor(schema: string | null) {
    const known = (schema === null ? {} : parse(schema)) as Partial<Types>
    this.#types = { inputs: {}, outputs: {}, expectations: {}, ...known }
  }

  /** @throws INVALID_PARAMETER_VALUE for more different fields than a schema may have */
  add(records: readonly RecordInput[]): this {
    const types = this.#types
    for (const { inputs, outputs, expectations } of records) {
      addTypes(types.inputs, inputs)
      addTypes(types.expectations, expectations ?? {})
      types.outputs = withOutputs(types.outputs, outputs ?? undefined)
    }
    const fields = Object.values(types).reduce((sum: number, part) => sum + Object.keys(part).length, 0)
    if (fields > MAX_FIELDS) throw invalid(`'records' have more than ${MAX_FIELDS} different fields.`)
    return this
  }

  /** The schema of a dataset. */
  toJson(): string {
    return dump({ ...this.#types, version: '1.0' })
  }
}

function withOutputs(types: Types['outputs'], outputs: Value | undefined): Types['outputs'] {
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
