import { createHash } from 'node:crypto'
import { invalid } from '@cairn/platform/errors'
import { pythonReprList } from '@cairn/platform/mlflow/python'
import { dump, isList, isMap, type Value, type ValueMap } from '../spans/value.js'

/** A validated record from a request. */
export interface RecordInput {
  readonly inputs: ValueMap
  /** Undefined if not in the request; null removes them. */
  readonly outputs: Value | undefined
  readonly expectations: ValueMap | undefined
  readonly tags: ValueMap | undefined
  readonly source: ValueMap | undefined
}

/** @throws INVALID_PARAMETER_VALUE naming the field, e.g. `records[0].inputs` */
export function readRecord(record: Value, field: string): RecordInput {
  if (!isMap(record)) throw invalid(`'${field}' must be a JSON object.`)
  return {
    inputs: mapOf(record.inputs ?? {}, `${field}.inputs`)!,
    outputs: record.outputs,
    expectations: mapOf(record.expectations, `${field}.expectations`),
    tags: mapOf(record.tags, `${field}.tags`),
    source: readSource(mapOf(record.source, `${field}.source`), `${field}.source`),
  }
}

function mapOf(value: Value | undefined, field: string): ValueMap | undefined {
  if (value === undefined || value === null) return undefined
  if (!isMap(value)) throw invalid(`'${field}' must be a JSON object.`)
  return value
}

const SOURCE_TYPES = ['UNSPECIFIED', 'TRACE', 'HUMAN', 'DOCUMENT', 'CODE']

function readSource(source: ValueMap | undefined, field: string): ValueMap | undefined {
  if (!source || Object.keys(source).length === 0) return undefined
  const type = String(source.source_type).toUpperCase()
  if (!SOURCE_TYPES.includes(type))
    throw invalid(
      `Invalid dataset record source type: ${type}. Valid source types: ${pythonReprList(SOURCE_TYPES)}`,
    )
  return { source_type: type, source_data: mapOf(source.source_data, `${field}.source_data`) ?? {} }
}

/** Hashes inputs, independent of the order of their fields. */
export const hashInputs = (inputs: ValueMap) =>
  createHash('sha256')
    .update(dump(sorted(inputs)))
    .digest('hex')

function sorted(value: Value): Value {
  if (isList(value)) return value.map(sorted)
  if (!isMap(value)) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, sorted(value[name]!)]))
}
