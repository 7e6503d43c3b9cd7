import Type from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS } from '../rights.js'
import { AnyJson, Int64, KeyValue } from '../wire.js'
import { RunAnswer } from './runs.js'

/** Values may be of any scalar type and are stored as text. */
const Pairs = () => Type.Optional(Type.Array(Type.Object({ key: Type.String(), value: AnyJson() })))

/** All fields are optional here, because missing ones are reported in MLflow's words. */
export const CreatePromptlabRun = operation({
  id: 'createPromptlabRun',
  method: 'POST',
  path: '/ajax-api/2.0/mlflow/runs/create-promptlab-run',
  summary: "Store an attempt at a prompt as a run, for MLflow's prompt page",
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
