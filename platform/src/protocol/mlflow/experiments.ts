import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { CREATE_EXPERIMENT, EDIT_EXPERIMENTS, MANAGE_EXPERIMENT, READ_EXPERIMENTS } from '../rights.js'
import { Empty, Enum, Int64, KeyValue, Required } from '../wire.js'

const BASE = '/api/2.0/mlflow/experiments'

export const ViewType = Enum({ ACTIVE_ONLY: 1, DELETED_ONLY: 2, ALL: 3 })
export type ViewType = Static<typeof ViewType>

export const Tag = Type.Object({ key: Type.String(), value: Type.String() })
export type Tag = Static<typeof Tag>

export const Experiment = Type.Object({
  /** An integer as a string. */
  experiment_id: Type.String(),
  name: Type.String(),
  artifact_location: Type.String(),
  lifecycle_stage: Type.String(),
  last_update_time: Int64(),
  creation_time: Int64(),
  tags: Type.Optional(Type.Array(Tag)),
})
export type Experiment = Static<typeof Experiment>

const ExperimentId = Type.Object({ experiment_id: Required() })
const ExperimentAnswer = Type.Object({ experiment: Experiment })

export const CreateExperiment = operation({
  id: 'createExperiment',
  method: 'POST',
  path: `${BASE}/create`,
  summary: 'Create an experiment',
  right: CREATE_EXPERIMENT,
  input: Type.Object({
    name: Required({ maxLength: 500 }),
    artifact_location: Type.Optional(Type.String()),
    tags: Type.Optional(Type.Array(KeyValue)),
  }),
  output: ExperimentId,
})

export const GetExperiment = operation({
  id: 'getExperiment',
  method: 'GET',
  path: `${BASE}/get`,
  summary: 'Get an experiment',
  right: READ_EXPERIMENTS,
  input: ExperimentId,
  output: ExperimentAnswer,
})

export const GetExperimentByName = operation({
  id: 'getExperimentByName',
  method: 'GET',
  path: `${BASE}/get-by-name`,
  summary: 'Get an experiment by name, also a deleted one',
  right: READ_EXPERIMENTS,
  input: Type.Object({ experiment_name: Required() }),
  output: ExperimentAnswer,
})

const search = {
  path: `${BASE}/search`,
  right: { ...READ_EXPERIMENTS, filtered: true },
  input: Type.Object({
    max_results: Type.Optional(Int64()),
    page_token: Type.Optional(Type.String()),
    filter: Type.Optional(Type.String()),
    order_by: Type.Optional(Type.Array(Type.String())),
    view_type: Type.Optional(ViewType),
  }),
  output: Type.Object({
    experiments: Type.Optional(Type.Array(Experiment)),
    next_page_token: Type.Optional(Type.String()),
  }),
} as const

export const SearchExperiments = operation({
  id: 'searchExperiments',
  method: 'POST',
  summary: 'Search experiments',
  ...search,
})
export const QueryExperiments = operation({
  id: 'queryExperiments',
  method: 'GET',
  summary: 'Search experiments',
  ...search,
})

export const ListExperiments = operation({
  id: 'listExperiments',
  method: 'GET',
  path: `${BASE}/list`,
  summary: 'List experiments, for the Databricks SDK',
  right: { ...READ_EXPERIMENTS, filtered: true },
  input: Type.Object({
    view_type: Type.Optional(ViewType),
    max_results: Type.Optional(Int64()),
    page_token: Type.Optional(Type.String()),
  }),
  output: search.output,
})

export const UpdateExperiment = operation({
  id: 'updateExperiment',
  method: 'POST',
  path: `${BASE}/update`,
  summary: 'Rename an experiment',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ experiment_id: Required(), new_name: Required() }),
  output: Empty,
})

export const DeleteExperiment = operation({
  id: 'deleteExperiment',
  method: 'POST',
  path: `${BASE}/delete`,
  summary: 'Mark an experiment and its runs as deleted',
  right: MANAGE_EXPERIMENT,
  input: ExperimentId,
  output: Empty,
})

export const RestoreExperiment = operation({
  id: 'restoreExperiment',
  method: 'POST',
  path: `${BASE}/restore`,
  summary: 'Restore a deleted experiment and all of its runs',
  right: MANAGE_EXPERIMENT,
  input: ExperimentId,
  output: Empty,
})

export const SetExperimentTag = operation({
  id: 'setExperimentTag',
  method: 'POST',
  path: `${BASE}/set-experiment-tag`,
  summary: 'Set a tag of an experiment',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    experiment_id: Required(),
    key: Required({ maxLength: 250 }),
    value: Type.Optional(Type.String({ maxLength: 5000 })),
  }),
  output: Empty,
})

export const DeleteExperimentTag = operation({
  id: 'deleteExperimentTag',
  method: 'POST',
  path: `${BASE}/delete-experiment-tag`,
  summary: 'Delete a tag of an experiment',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ experiment_id: Required(), key: Required() }),
  output: Empty,
})

export const DatasetSummary = Type.Object({
  experiment_id: Type.String(),
  name: Type.String(),
  digest: Type.String(),
  context: Type.Optional(Type.String()),
})
export type DatasetSummary = Static<typeof DatasetSummary>

export const SearchDatasets = operation({
  id: 'searchDatasets',
  method: 'POST',
  path: `${BASE}/search-datasets`,
  summary: 'List the data sets that runs of experiments used',
  right: READ_EXPERIMENTS,
  input: Type.Object({ experiment_ids: Type.Optional(Type.Array(Type.String())) }),
  output: Type.Object({ dataset_summaries: Type.Optional(Type.Array(DatasetSummary)) }),
})
