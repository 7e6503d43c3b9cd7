import { invalid, missing } from '@cairn/platform/errors'
import { isNestedDeeper, MAX_NESTING } from '@cairn/platform/protocol/nested'

/** @throws INVALID_PARAMETER_VALUE in MLflow's words; RESOURCE_DOES_NOT_EXIST for a gateway endpoint: this server has no gateway */
export function checkScorer(name: string, serialized: string): void {
  if (name.trim() === '') throw invalid('Scorer name cannot be empty or contain only whitespace.')
  const model = modelOf(readObject(serialized))
  if (model === undefined || model === null) return
  if (typeof model !== 'string') throw invalid('Scorer model must be a string.')
  if (model.trim() === '') throw invalid('Scorer model cannot be empty or contain only whitespace.')
  const endpoint = /^gateway:\/+(.+)/s.exec(model)?.[1]
  if (endpoint !== undefined) throw missing(`GatewayEndpoint not found (name='${endpoint}')`)
}

type Json = Readonly<Record<string, unknown>>

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readObject(serialized: string): Json {
  const value = parse(serialized)
  if (!isJson(value)) throw invalid("'serialized_scorer' must be a JSON object.")
  if (isNestedDeeper(value)) throw invalid(`'serialized_scorer' is nested deeper than ${MAX_NESTING}.`)
  return value
}

function parse(serialized: string): unknown {
  try {
    return JSON.parse(serialized)
  } catch (cause) {
    throw invalid("'serialized_scorer' is not valid JSON.", { cause })
  }
}

/** Returns the model of a judge. Scorers in code and most built-in scorers have none. */
function modelOf(scorer: Json): unknown {
  for (const kind of ['instructions_judge_pydantic_data', 'builtin_scorer_pydantic_data']) {
    const judge = scorer[kind]
    if (isJson(judge)) return judge.model
  }
  const augmented = scorer.memory_augmented_judge_data
  if (!isJson(augmented) || !isJson(augmented.base_judge)) return undefined
  return modelOf(augmented.base_judge)
}
