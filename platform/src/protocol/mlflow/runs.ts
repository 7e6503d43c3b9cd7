import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '../rights.js'
import { Empty, Enum, Int64, KeyValue, Required, RunId } from '../wire.js'
import { Tag, ViewType } from './experiments.js'
import { LoggedMetric, Metric } from './metrics.js'
import { Projection, Within } from './run-projection.js'

const BASE = '/api/2.0/mlflow/runs'

export const RunStatus = Enum({ RUNNING: 1, SCHEDULED: 2, FINISHED: 3, FAILED: 4, KILLED: 5 })
export type RunStatus = Static<typeof RunStatus>

export const RunInfo = Type.Object({
  run_uuid: Type.String(),
  experiment_id: Type.String(),
  run_name: Type.String(),
  user_id: Type.String(),
  status: RunStatus,
  start_time: Int64(),
  end_time: Type.Optional(Int64()),
  artifact_uri: Type.String(),
  lifecycle_stage: Type.String(),
  run_id: Type.String(),
})
export type RunInfo = Static<typeof RunInfo>

/** An input data set of a run, identified by name and digest within an experiment. */
export const Dataset = Type.Object({
  name: Required({ maxLength: 500 }),
  digest: Required({ maxLength: 36 }),
  source_type: Required(),
  source: Required({ maxLength: 65_535 }),
  schema: Type.Optional(Type.String({ maxLength: 1_048_575 })),
  profile: Type.Optional(Type.String({ maxLength: 16_777_215 })),
})
export type Dataset = Static<typeof Dataset>

export const DatasetInput = Type.Object({
  tags: Type.Optional(
    Type.Array(Type.Object({ key: Required({ maxLength: 255 }), value: Type.String({ maxLength: 500 }) })),
  ),
  dataset: Dataset,
})
export type DatasetInput = Static<typeof DatasetInput>

export const ModelInput = Type.Object({ model_id: Required() })
export type ModelInput = Static<typeof ModelInput>
export const ModelOutput = Type.Object({ model_id: Required(), step: Int64() })
export type ModelOutput = Static<typeof ModelOutput>

export const Run = Type.Object({
  info: RunInfo,
  data: Type.Object({
    metrics: Type.Optional(Type.Array(Metric)),
    params: Type.Optional(Type.Array(Tag)),
    tags: Type.Optional(Type.Array(Tag)),
  }),
  inputs: Type.Object({
    dataset_inputs: Type.Optional(Type.Array(DatasetInput)),
    model_inputs: Type.Optional(Type.Array(ModelInput)),
  }),
  outputs: Type.Optional(Type.Object({ model_outputs: Type.Optional(Type.Array(ModelOutput)) })),
})
export type Run = Static<typeof Run>

export const RunAnswer = Type.Object({ run: Run })
const ThisRun = Type.Object({ run_id: RunId() })

export const CreateRun = operation({
  id: 'createRun',
  method: 'POST',
  path: `${BASE}/create`,
  summary: 'Create a run',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    experiment_id: Type.Optional(Type.String({ default: '0' })),
    user_id: Type.Optional(Type.String()),
    run_name: Type.Optional(Type.String()),
    start_time: Type.Optional(Int64()),
    tags: Type.Optional(Type.Array(KeyValue)),
  }),
  output: RunAnswer,
})

export const GetRun = operation({
  id: 'getRun',
  method: 'GET',
  path: `${BASE}/get`,
  summary: 'Get a run with the latest value of each metric',
  right: READ_EXPERIMENTS,
  input: ThisRun,
  output: RunAnswer,
})

export const UpdateRun = operation({
  id: 'updateRun',
  method: 'POST',
  path: `${BASE}/update`,
  summary: 'Update the status, end time or name of a run',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    run_id: RunId(),
    status: Type.Optional(RunStatus),
    end_time: Type.Optional(Int64()),
    run_name: Type.Optional(Type.String()),
  }),
  output: Type.Object({ run_info: RunInfo }),
})

export const DeleteRun = operation({
  id: 'deleteRun',
  method: 'POST',
  path: `${BASE}/delete`,
  summary: 'Mark a run as deleted',
  right: EDIT_EXPERIMENTS,
  input: ThisRun,
  output: Empty,
})

export const RestoreRun = operation({
  id: 'restoreRun',
  method: 'POST',
  path: `${BASE}/restore`,
  summary: 'Restore a deleted run',
  right: EDIT_EXPERIMENTS,
  input: ThisRun,
  output: Empty,
})

export const SearchRuns = operation({
  id: 'searchRuns',
  method: 'POST',
  path: `${BASE}/search`,
  summary: "Search runs in MLflow's filter language",
  right: READ_EXPERIMENTS,
  input: Type.Object({
    experiment_ids: Type.Optional(Type.Array(Type.String())),
    filter: Type.Optional(Type.String()),
    run_view_type: Type.Optional(ViewType),
    max_results: Type.Optional(Int64({ default: 1000 })),
    order_by: Type.Optional(Type.Array(Type.String())),
    page_token: Type.Optional(Type.String()),
    /** An addition to MLflow's API, like `within`. */
    projection: Type.Optional(Projection),
    within: Within,
  }),
  output: Type.Object({
    runs: Type.Optional(Type.Array(Run)),
    next_page_token: Type.Optional(Type.String()),
  }),
})

export const LogParam = operation({
  id: 'logParam',
  method: 'POST',
  path: `${BASE}/log-parameter`,
  summary: 'Log a parameter, whose value cannot be changed',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ run_id: RunId(), ...KeyValue.properties }),
  output: Empty,
})

export const SetTag = operation({
  id: 'setTag',
  method: 'POST',
  path: `${BASE}/set-tag`,
  summary: 'Set a tag of a run',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ run_id: RunId(), ...KeyValue.properties }),
  output: Empty,
})

export const DeleteTag = operation({
  id: 'deleteTag',
  method: 'POST',
  path: `${BASE}/delete-tag`,
  summary: 'Delete a tag of a run',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ run_id: RunId(), key: Required() }),
  output: Empty,
})

export const LogBatch = operation({
  id: 'logBatch',
  method: 'POST',
  path: `${BASE}/log-batch`,
  summary: 'Log up to 1000 metrics, parameters and tags atomically',
  right: { ...EDIT_EXPERIMENTS, by: ['run_id', 'metrics[].model_id'] },
  input: Type.Object({
    run_id: Type.String({ minLength: 1, pattern: '^[a-zA-Z0-9][\\w\\-]{0,255}$', 'x-alias': 'run_uuid' }),
    metrics: Type.Optional(Type.Array(LoggedMetric)),
    params: Type.Optional(Type.Array(KeyValue)),
    tags: Type.Optional(Type.Array(KeyValue)),
  }),
  output: Empty,
})

export const LogModel = operation({
  id: 'logModel',
  method: 'POST',
  path: `${BASE}/log-model`,
  summary: 'Log a model of a run, for older clients; see logged models',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ run_id: RunId(), model_json: Required() }),
  output: Empty,
})

export const LogInputs = operation({
  id: 'logInputs',
  method: 'POST',
  path: `${BASE}/log-inputs`,
  summary: 'Log the data sets and models that a run used',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    run_id: RunId(),
    datasets: Type.Optional(Type.Array(DatasetInput)),
    models: Type.Optional(Type.Array(ModelInput)),
  }),
  output: Empty,
})

export const LogOutputs = operation({
  id: 'logOutputs',
  method: 'POST',
  path: `${BASE}/outputs`,
  summary: 'Log the models that a run created',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    run_id: RunId(),
    models: Type.Optional(Type.Array(Type.Object({ model_id: Required(), step: Type.Optional(Int64()) }))),
  }),
  output: Empty,
})
