import { invalid } from '@cairn/platform/errors'
import { pythonRepr } from '@cairn/platform/mlflow/python'
import { isNestedDeeper, MOST_NESTED } from '@cairn/platform/protocol/nested'

/** Where older clients keep the models of a run: a JSON list in a tag. */
export const LOGGED_MODELS_TAG = 'mlflow.log-model.history'

const REQUIRED = ['artifact_path', 'flavors', 'utc_time_created', 'run_id']
const KEPT = ['run_id', 'utc_time_created', 'artifact_path', 'model_uuid']
const MAX_TAG_VALUE = 8000

/** What of an MLmodel goes into the tag. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function modelFrom(json: string): object {
  const model = parse(json)
  if (isNestedDeeper(model)) throw invalid(`Malformed model info: it is nested deeper than ${MOST_NESTED}.`)
  const lacking = REQUIRED.filter((field) => !(field in model)).map(pythonRepr)
  if (lacking.length > 0) throw invalid(`Model json is missing mandatory fields: {${lacking.join(', ')}}`)
  const kept = Object.fromEntries(KEPT.flatMap((field) => (field in model ? [[field, model[field]]] : [])))
  const flavors = Object.entries((model.flavors ?? {}) as object).map(([name, flavor]) => [
    name,
    plain(flavor),
  ])
  return { ...kept, flavors: Object.fromEntries(flavors) }
}

/** Appends to the list; the oldest give way, because a cut list could not be read again. */
export function withModel(history: string | undefined, model: object): string {
  const models = [...listOf(history), model]
  while (models.length > 1 && JSON.stringify(models).length > MAX_TAG_VALUE) models.shift()
  return JSON.stringify(models)
}

function listOf(history: string | undefined): unknown[] {
  try {
    const models: unknown = JSON.parse(history ?? '[]')
    return Array.isArray(models) ? models : []
  } catch {
    return [] // somebody set the tag by hand
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
    // refused below, as JSON that is no object
  }
  throw invalid(`Malformed model info. \n ${json} \n is not a valid JSON.`)
}
