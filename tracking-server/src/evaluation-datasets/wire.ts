import { createHash } from 'node:crypto'
import { invalid } from '@cairn/platform/errors'
import { checkKeyLength } from '@cairn/platform/mlflow/keys'
import type { EvaluationDataset } from '@cairn/platform/protocol/mlflow/evaluation-datasets'
import { isLonger } from '@cairn/platform/text/length'
import type { Entry } from '../entries/entry.js'
import { cleanText, dump, isMap, parse, type Value, type ValueMap } from '../spans/value.js'
import type { EvaluationDatasetRow, EvaluationRecordRow } from './schema.js'

/** The tag that names the user who created or changed an object. */
export const USER_TAG = 'mlflow.user'

const MAX_TAG_VALUE = 5000

/** @throws INVALID_PARAMETER_VALUE naming the field */
export function readJson(json: string, field: string): Value {
  try {
    return parse(json)
  } catch (cause) {
    throw invalid(`'${field}' is not valid JSON.`, { cause })
  }
}

/** Parses tags from a JSON object, without null values. @throws INVALID_PARAMETER_VALUE */
export function readTags(json: string): Entry[] {
  const tags = readJson(json, 'tags')
  if (!isMap(tags)) throw invalid("'tags' must be a JSON object.")
  const texts = new Map<string, string>()
  for (const [key, value] of Object.entries(tags)) {
    if (value === null) continue
    const text = cleanText(typeof value === 'string' ? value : dump(value))
    checkKeyLength(key, 'key')
    if (isLonger(text, MAX_TAG_VALUE))
      throw invalid(`'value' exceeds the maximum length of ${MAX_TAG_VALUE} characters`)
    texts.set(cleanText(key), text)
  }
  return Array.from(texts, ([key, value]) => ({ key, value }))
}

/** Digest of a state of a dataset, computed as in MLflow. */
export const datasetDigest = (name: string, time: number) =>
  createHash('sha256').update(`${name}:${time}`).digest('hex').slice(0, 8)

export const toDataset = (row: EvaluationDatasetRow, tags: readonly Entry[]): EvaluationDataset => ({
  dataset_id: row.dataset_id,
  name: row.name,
  tags: dump(Object.fromEntries(tags.map(({ key, value }) => [key, value]))),
  ...(row.schema !== null && { schema: row.schema }),
  ...(row.record_count > 0 && { profile: dump({ num_records: BigInt(row.record_count) }) }),
  digest: row.digest,
  created_time: row.created_time,
  last_update_time: row.last_update_time,
  ...(row.created_by !== null && { created_by: row.created_by }),
  ...(row.last_updated_by !== null && { last_updated_by: row.last_updated_by }),
})

/** Converts a record to its wire format. */
export function toRecord(row: EvaluationRecordRow): ValueMap {
  const source = row.source === null ? undefined : (parse(row.source) as ValueMap)
  return {
    dataset_record_id: row.dataset_record_id,
    dataset_id: row.dataset_id,
    inputs: parse(row.inputs),
    ...(row.expectations !== null && { expectations: parse(row.expectations) }),
    tags: parse(row.tags),
    ...(source && { source, ...originOf(source) }),
    created_time: BigInt(row.created_time),
    last_update_time: BigInt(row.last_update_time),
    ...(row.created_by !== null && { created_by: row.created_by }),
    ...(row.last_updated_by !== null && { last_updated_by: row.last_updated_by }),
    ...(row.outputs !== null && { outputs: parse(row.outputs) }),
  }
}

/** Returns the trace, person, document or code from which a record originates. */
function originOf({ source_type, source_data }: ValueMap): ValueMap {
  const { trace_id, source_id } = source_data as ValueMap
  const id = source_type === 'TRACE' ? trace_id : source_id
  return { ...(typeof id === 'string' && { source_id: id }), source_type: source_type! }
}
