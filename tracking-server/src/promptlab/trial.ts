import { invalid } from '@cairn/platform/errors'
import type { Input } from '@cairn/platform/protocol/operation'
import type { CreatePromptlabRun } from '@cairn/platform/protocol/promptlab'
import { MLFLOW_VERSION } from '@cairn/platform/protocol/server-info'

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

/** One try of a prompt: the template, what was filled in, whom was asked, and what was answered. */
export interface PromptTrial {
  readonly experiment_id: string
  readonly template: string
  readonly filled: readonly Pair[]
  readonly route: string
  readonly parameters: readonly Pair[]
  readonly prompt: string
  readonly answer: string | null
  readonly measured: readonly Pair[]
}

/** @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function parseTrial(given: TrialInput): PromptTrial {
  const lacking = REQUIRED_FIELDS.find((name) => given[name] === undefined || given[name].length === 0)
  if (lacking) throw invalid(`CreatePromptlabRun request must specify ${lacking}.`)
  return {
    experiment_id: given.experiment_id!,
    template: given.prompt_template!,
    filled: texts(given.prompt_parameters),
    route: given.model_route!,
    parameters: texts(given.model_parameters),
    prompt: given.model_input!,
    answer: given.model_output ?? null,
    measured: texts(given.model_output_parameters),
  }
}

const texts = (pairs: TrialInput['prompt_parameters'] = []): Pair[] =>
  pairs.map(({ key, value }) => ({ key, value: typeof value === 'string' ? value : JSON.stringify(value) }))

export const RESULTS_FILE = 'eval_results_table.json'
const MODEL = 'model'

/** What MLflow keeps in the tag of the run's models, and in the model's own file. */
export function modelOf({ filled }: PromptTrial, runId: string, created: Date) {
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
      inputs: JSON.stringify(filled.map(({ key }) => column(key))),
      outputs: JSON.stringify([column('output')]),
      params: null,
    },
  }
}

/** The files of the run: a table of one row, and a model that asks the same route again. JSON is YAML too. */
export function filesOf(one: PromptTrial, model: object): Readonly<Record<string, string>> {
  const { filled, prompt, answer, measured } = one
  return {
    [RESULTS_FILE]: JSON.stringify({
      columns: [...keysOf(filled), 'prompt', 'output', ...keysOf(measured)],
      data: [[...valuesOf(filled), prompt, answer, ...valuesOf(measured)]],
    }),
    [`${MODEL}/MLmodel`]: JSON.stringify(model, null, 2),
    [`${MODEL}/parameters.yaml`]: JSON.stringify({
      prompt_template: one.template,
      prompt_parameters: mapOf(filled),
      model_parameters: mapOf(one.parameters),
      model_route: one.route,
    }),
    [`${MODEL}/requirements.txt`]: `mlflow[gateway]==${MLFLOW_VERSION}\n`,
  }
}

const keysOf = (pairs: readonly Pair[]) => pairs.map(({ key }) => key)
const valuesOf = (pairs: readonly Pair[]) => pairs.map(({ value }) => value)
const mapOf = (pairs: readonly Pair[]) => Object.fromEntries(pairs.map(({ key, value }) => [key, value]))
