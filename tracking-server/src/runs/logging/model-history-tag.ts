import { invalid } from '@cairn/platform/errors'
import { pythonRepr } from '@cairn/platform/mlflow/python'
import { isNestedDeeper, MAX_NESTING } from '@cairn/platform/protocol/nested'

/** Older clients keep the models of a run in this tag, as a JSON list. */
export const MODEL_HISTORY_TAG = 'mlflow.log-model.history'

const REQUIRED = ['artifact_path', 'flavors', 'utc_time_created', 'run_id']
const KEPT = ['run_id', 'utc_time_created', 'artifact_path', 'model_uuid']
const MAX_TAG_VALUE = 8000

/** Extracts the fields of an MLmodel that the tag contains. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function parseModelInfo(json: string): object {
  const model = parse(json)
  if (isNestedDeeper(model)) throw invalid(`Malformed model info: it is nested deeper than ${MAX_NESTING}.`)
  const missingFields = REQUIRED.filter((field) => !(field in model)).map(pythonRepr)
  if (missingFields.length > 0)
    throw invalid(`Model json is missing mandatory fields: {${missingFields.join(', ')}}`)
  const kept = Object.fromEntries(KEPT.flatMap((field) => (field in model ? [[field, model[field]]] : [])))
  const flavors = Object.entries((model.flavors ?? {}) as object).map(([name, flavor]) => [
    name,
    plain(flavor),
  ])
  return { ...kept, flavors: Object.fromEntries(flavors) }
}

/** Appends to the list, and drops the oldest models if it gets too long, because a truncated list would not be JSON. */
export function appendModel(history: string | undefined, model: object): string {
  const models = [...listOf(history), model]
  while (models.length > 1 && JSON.stringify(models).length > MAX_TAG_VALUE) models.shift()
  return JSON.stringify(models)
}

function listOf(history: string | undefined): unknown[] {
  try {
    const models: unknown = JSON.parse(history ?? '[]')
    return Array.isArray(models) ? models : []
  } catch {
    return [] // clients may set the tag to anything
  }
}

function plain(flavor: unknown): unknown {
  if (typeof flavor !== 'object' || flavor === null) return flavor
  const { config: _, ...rest } = flavor as Record<string, unknown>
  return rest
}

function parse(json: string): Record<string, unknown> {
  try {
    const model: unknown = JSON.parse(json)
    if (typeof model === 'object' && model !== null && !Array.isArray(model))
      return model as Record<string, unknown>
  } catch {
    // rejected below, like JSON that is not an object
  }
  throw invalid(`Malformed model info. \n ${json} \n is not a valid JSON.`)
}
