import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '../rights.js'
import { Empty, Enum, Int64, KeyValue, Required } from '../wire.js'
import { Listing } from './artifacts.js'
import { Tag } from './experiments.js'
import { MetricValue } from './metrics.js'

const BASE = '/api/2.0/mlflow/logged-models'

export const LoggedModelStatus = Enum({
  LOGGED_MODEL_STATUS_UNSPECIFIED: 0,
  LOGGED_MODEL_PENDING: 1,
  LOGGED_MODEL_READY: 2,
  LOGGED_MODEL_UPLOAD_FAILED: 3,
})
export type LoggedModelStatus = Static<typeof LoggedModelStatus>

export const LoggedModelMetric = Type.Object({
  key: Type.String(),
  value: MetricValue,
  timestamp: Int64(),
  step: Int64(),
  dataset_name: Type.Optional(Type.String()),
  dataset_digest: Type.Optional(Type.String()),
  model_id: Type.String(),
  run_id: Type.String(),
})
export type LoggedModelMetric = Static<typeof LoggedModelMetric>

export const LoggedModel = Type.Object({
  info: Type.Object({
    model_id: Type.String(),
    experiment_id: Type.String(),
    name: Type.String(),
    creation_timestamp_ms: Int64(),
    last_updated_timestamp_ms: Int64(),
    artifact_uri: Type.String(),
    status: LoggedModelStatus,
    model_type: Type.Optional(Type.String()),
    source_run_id: Type.Optional(Type.String()),
    status_message: Type.Optional(Type.String()),
    tags: Type.Optional(Type.Array(Tag)),
  }),
  data: Type.Object({
    params: Type.Optional(Type.Array(Tag)),
    metrics: Type.Optional(Type.Array(LoggedModelMetric)),
  }),
})
export type LoggedModel = Static<typeof LoggedModel>

const ModelAnswer = Type.Object({ model: LoggedModel })
const ModelId = { model_id: Required() }

export const CreateLoggedModel = operation({
  id: 'createLoggedModel',
  method: 'POST',
  path: BASE,
  summary: 'Create a logged model, whose files can then be uploaded',
  right: { ...EDIT_EXPERIMENTS, by: ['experiment_id'] },
  input: Type.Object({
    experiment_id: Required(),
    name: Type.Optional(Type.String()),
    model_type: Type.Optional(Type.String()),
    source_run_id: Type.Optional(Type.String()),
    params: Type.Optional(Type.Array(KeyValue)),
    tags: Type.Optional(Type.Array(KeyValue)),
  }),
  output: ModelAnswer,
})

export const FinalizeLoggedModel = operation({
  id: 'finalizeLoggedModel',
  method: 'PATCH',
  path: `${BASE}/{model_id}`,
  summary: 'Finalize a logged model: its files are complete, or their upload failed',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ ...ModelId, status: LoggedModelStatus }),
  output: ModelAnswer,
})

export const GetLoggedModel = operation({
  id: 'getLoggedModel',
  method: 'GET',
  path: `${BASE}/{model_id}`,
  summary: 'Get a logged model',
  right: READ_EXPERIMENTS,
  input: Type.Object({ ...ModelId, allow_deleted: Type.Optional(Type.Boolean()) }),
  output: ModelAnswer,
})

export const DeleteLoggedModel = operation({
  id: 'deleteLoggedModel',
  method: 'DELETE',
  path: `${BASE}/{model_id}`,
  summary: 'Mark a logged model as deleted',
  right: EDIT_EXPERIMENTS,
  input: Type.Object(ModelId),
  output: Empty,
})

export const SearchLoggedModels = operation({
  id: 'searchLoggedModels',
  method: 'POST',
  path: `${BASE}/search`,
  summary: 'Search logged models',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    experiment_ids: Type.Optional(Type.Array(Type.String())),
    filter: Type.Optional(Type.String()),
    datasets: Type.Optional(
      Type.Array(
        Type.Object({
          dataset_name: Type.Optional(Type.String()),
          dataset_digest: Type.Optional(Type.String()),
        }),
        { maxItems: 100 },
      ),
    ),
    max_results: Type.Optional(Int64({ default: 50 })),
    order_by: Type.Optional(
      Type.Array(
        Type.Object({
          field_name: Required(),
          ascending: Type.Optional(Type.Boolean({ default: true })),
          dataset_name: Type.Optional(Type.String()),
          dataset_digest: Type.Optional(Type.String()),
        }),
        { maxItems: 50 },
      ),
    ),
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    models: Type.Optional(Type.Array(LoggedModel)),
    next_page_token: Type.Optional(Type.String()),
  }),
})

export const SetLoggedModelTags = operation({
  id: 'setLoggedModelTags',
  method: 'PATCH',
  path: `${BASE}/{model_id}/tags`,
  summary: 'Set tags of a logged model',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ ...ModelId, tags: Type.Optional(Type.Array(KeyValue)) }),
  output: Empty,
})

export const DeleteLoggedModelTag = operation({
  id: 'deleteLoggedModelTag',
  method: 'DELETE',
  path: `${BASE}/{model_id}/tags/{tag_key}`,
  summary: 'Delete a tag of a logged model',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ ...ModelId, tag_key: Required() }),
  output: Empty,
})

export const LogLoggedModelParams = operation({
  id: 'logLoggedModelParams',
  method: 'POST',
  path: `${BASE}/{model_id}/params`,
  summary: 'Log parameters of a logged model',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ ...ModelId, params: Type.Optional(Type.Array(KeyValue)) }),
  output: Empty,
})

export const ListLoggedModelArtifacts = operation({
  id: 'listLoggedModelArtifacts',
  method: 'GET',
  path: `${BASE}/{model_id}/artifacts/directories`,
  summary: "List one level of a logged model's files",
  right: READ_EXPERIMENTS,
  input: Type.Object({ ...ModelId, artifact_directory_path: Type.Optional(Type.String()) }),
  output: Listing,
})
