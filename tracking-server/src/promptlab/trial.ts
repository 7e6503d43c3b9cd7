import { invalid } from '@cairn/platform/errors'
import type { CreatePromptlabRun } from '@cairn/platform/protocol/mlflow/promptlab'
import { MLFLOW_VERSION } from '@cairn/platform/protocol/mlflow/server-info'
import type { Input } from '@cairn/platform/protocol/operation'

type TrialInput = Input<typeof CreatePromptlabRun>

const REQUIRED_FIELDS = [
  'experiment_id',
  'prompt_template',
  'prompt_parameters',
  'model_route',
  'model_input',
  'mlflow_version',
] as const

interface Pair {
  readonly key: string
  readonly value: string
}

/** A trial of a prompt: the template, its parameters, the queried route and the response. */
export interface PromptTrial {
  readonly experiment_id: string
  readonly template: string
  readonly templateParameters: readonly Pair[]
  readonly route: string
  readonly parameters: readonly Pair[]
  readonly prompt: string
  readonly response: string | null
  readonly outputMetrics: readonly Pair[]
}

/** @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function parseTrial(input: TrialInput): PromptTrial {
  const missingField = REQUIRED_FIELDS.find((name) => input[name] === undefined || input[name].length === 0)
  if (missingField) throw invalid(`CreatePromptlabRun request must specify ${missingField}.`)
  return {
    experiment_id: input.experiment_id!,
    template: input.prompt_template!,
    templateParameters: texts(input.prompt_parameters),
    route: input.model_route!,
    parameters: texts(input.model_parameters),
    prompt: input.model_input!,
    response: input.model_output ?? null,
    outputMetrics: texts(input.model_output_parameters),
  }
}

const texts = (pairs: TrialInput['prompt_parameters'] = []): Pair[] =>
  pairs.map(({ key, value }) => ({ key, value: typeof value === 'string' ? value : JSON.stringify(value) }))

export const RESULTS_FILE = 'eval_results_table.json'
const MODEL = 'model'

/** Returns the model info, which MLflow stores in the run's model history and in `MLmodel`. */
export function toModelInfo({ templateParameters }: PromptTrial, runId: string, created: Date) {
  const column = (name: string) => ({ type: 'string', name, required: true })
  return {
    artifact_path: MODEL,
    run_id: runId,
    utc_time_created: created.toISOString().replace('T', ' ').replace('Z', '000'),
    flavors: {
      python_function: {
        loader_module: 'mlflow.prompt.promptlab_model',
        parameters_path: 'parameters.yaml',
      },
    },
    signature: {
      inputs: JSON.stringify(templateParameters.map(({ key }) => column(key))),
      outputs: JSON.stringify([column('output')]),
      params: null,
    },
  }
}

/** Returns the artifacts of the run: a table with the trial, and a model that queries the same route. JSON is valid YAML. */
export function trialFiles(trial: PromptTrial, model: object): Readonly<Record<string, string>> {
  const { templateParameters, prompt, response, outputMetrics } = trial
  return {
    [RESULTS_FILE]: JSON.stringify({
      columns: [...keysOf(templateParameters), 'prompt', 'output', ...keysOf(outputMetrics)],
      data: [[...valuesOf(templateParameters), prompt, response, ...valuesOf(outputMetrics)]],
    }),
    [`${MODEL}/MLmodel`]: JSON.stringify(model, null, 2),
    [`${MODEL}/parameters.yaml`]: JSON.stringify({
      prompt_template: trial.template,
      prompt_parameters: mapOf(templateParameters),
      model_parameters: mapOf(trial.parameters),
      model_route: trial.route,
    }),
    [`${MODEL}/requirements.txt`]: `mlflow[gateway]==${MLFLOW_VERSION}\n`,
  }
}

const keysOf = (pairs: readonly Pair[]) => pairs.map(({ key }) => key)
const valuesOf = (pairs: readonly Pair[]) => pairs.map(({ value }) => value)
const mapOf = (pairs: readonly Pair[]) => Object.fromEntries(pairs.map(({ key, value }) => [key, value]))
