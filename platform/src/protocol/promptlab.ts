import Type from 'typebox'
import { operation } from './operation.js'
import { EDIT_EXPERIMENTS } from './rights.js'
import { RunAnswer } from './runs.js'
import { AnyJson, Int64, KeyValue } from './wire.js'

/** Values may be of any scalar type; they are kept as text. */
const Pairs = () => Type.Optional(Type.Array(Type.Object({ key: Type.String(), value: AnyJson() })))

/** All fields are optional here because MLflow names those that are missing in words of its own. */
export const CreatePromptlabRun = operation({
  id: 'createPromptlabRun',
  method: 'POST',
  path: '/ajax-api/2.0/mlflow/runs/create-promptlab-run',
  summary: "Keep one try of a prompt as a run, as MLflow's prompt page does",
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    experiment_id: Type.Optional(Type.String()),
    run_name: Type.Optional(Type.String()),
    tags: Type.Optional(Type.Array(KeyValue)),
    prompt_template: Type.Optional(Type.String()),
    prompt_parameters: Pairs(),
    model_route: Type.Optional(Type.String()),
    model_parameters: Pairs(),
    model_input: Type.Optional(Type.String()),
    model_output: Type.Optional(Type.String()),
    model_output_parameters: Pairs(),
    mlflow_version: Type.Optional(Type.String()),
    user_id: Type.Optional(Type.String({ default: 'unknown' })),
    start_time: Type.Optional(Int64()),
  }),
  output: RunAnswer,
})
