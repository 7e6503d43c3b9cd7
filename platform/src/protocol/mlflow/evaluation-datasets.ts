import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '../rights.js'
import { Empty, Int64, Required } from '../wire.js'

const BASE = '/api/3.0/mlflow/datasets'
const ONE = `${BASE}/{dataset_id}`

/** Examples for evaluations with their expectations. Differs from the data sets that runs log as inputs. */
export const EvaluationDataset = Type.Object({
  dataset_id: Type.String(),
  name: Type.String(),
  /** A JSON object of strings. */
  tags: Type.String(),
  /** JSON of the fields of the records with their types. */
  schema: Type.Optional(Type.String()),
  /** JSON such as `{"num_records": 1}`. */
  profile: Type.Optional(Type.String()),
  /** Changes with every change of the records. */
  digest: Type.String(),
  created_time: Int64(),
  last_update_time: Int64(),
  created_by: Type.Optional(Type.String()),
  last_updated_by: Type.Optional(Type.String()),
  /** The experiments, only in the response to its creation. */
  experiment_ids: Type.Optional(Type.Array(Type.String())),
})
export type EvaluationDataset = Static<typeof EvaluationDataset>

const This = { dataset_id: Required() }
const Answer = Type.Object({ dataset: EvaluationDataset })

export const CreateEvaluationDataset = operation({
  id: 'createEvaluationDataset',
  method: 'POST',
  path: `${BASE}/create`,
  summary: 'Create an evaluation data set',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    name: Required({ maxLength: 255 }),
    experiment_ids: Type.Optional(Type.Array(Type.String())),
    tags: Type.Optional(Type.String({ description: 'A JSON object' })),
    created_by: Type.Optional(Type.String({ maxLength: 255 })),
  }),
  output: Answer,
})

export const GetEvaluationDataset = operation({
  id: 'getEvaluationDataset',
  method: 'GET',
  path: ONE,
  summary: 'Get an evaluation data set, without its records',
  right: READ_EXPERIMENTS,
  input: Type.Object(This),
  output: Answer,
})

export const DeleteEvaluationDataset = operation({
  id: 'deleteEvaluationDataset',
  method: 'DELETE',
  path: ONE,
  summary: 'Delete an evaluation data set with its records',
  right: EDIT_EXPERIMENTS,
  input: Type.Object(This),
  output: Empty,
})

const search = {
  path: `${BASE}/search`,
  right: { ...READ_EXPERIMENTS, filtered: true },
  input: Type.Object({
    experiment_ids: Type.Optional(Type.Array(Type.String())),
    filter_string: Type.Optional(Type.String()),
    max_results: Type.Optional(Int64()),
    order_by: Type.Optional(Type.Array(Type.String())),
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    datasets: Type.Optional(Type.Array(EvaluationDataset)),
    next_page_token: Type.Optional(Type.String()),
  }),
} as const

export const SearchEvaluationDatasets = operation({
  id: 'searchEvaluationDatasets',
  method: 'POST',
  summary: 'Search evaluation data sets',
  ...search,
})
export const QueryEvaluationDatasets = operation({
  id: 'queryEvaluationDatasets',
  method: 'GET',
  summary: 'Search evaluation data sets',
  ...search,
})

export const SetEvaluationDatasetTags = operation({
  id: 'setEvaluationDatasetTags',
  method: 'PATCH',
  path: `${ONE}/tags`,
  summary: 'Set tags of an evaluation data set; other tags are kept',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ ...This, tags: Required({ description: 'A JSON object' }) }),
  output: Empty,
})

export const DeleteEvaluationDatasetTag = operation({
  id: 'deleteEvaluationDatasetTag',
  method: 'DELETE',
  path: `${ONE}/tags/{key}`,
  summary: 'Delete a tag of an evaluation data set',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ ...This, key: Required() }),
  output: Empty,
})

export const PutEvaluationRecords = operation({
  id: 'putEvaluationRecords',
  method: 'POST',
  path: `${ONE}/records`,
  summary: 'Upsert records; a record with the inputs of an existing one is merged into it',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({
    ...This,
    records: Required({ description: 'A JSON list of objects' }),
    updated_by: Type.Optional(Type.String({ maxLength: 255 })),
  }),
  output: Type.Object({ inserted_count: Type.Integer(), updated_count: Type.Integer() }),
})

export const ListEvaluationRecords = operation({
  id: 'listEvaluationRecords',
  method: 'GET',
  path: `${ONE}/records`,
  summary: 'List the records of an evaluation data set in order of insertion',
  right: READ_EXPERIMENTS,
  input: Type.Object({
    ...This,
    max_results: Type.Optional(Int64()),
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    records: Type.String({ description: 'A JSON list of objects' }),
    next_page_token: Type.Optional(Type.String()),
  }),
})

export const DeleteEvaluationRecords = operation({
  id: 'deleteEvaluationRecords',
  method: 'DELETE',
  path: `${ONE}/records`,
  summary: 'Delete records of an evaluation data set',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ ...This, dataset_record_ids: Type.Optional(Type.Array(Type.String())) }),
  output: Type.Object({ deleted_count: Type.Integer() }),
})

export const ListEvaluationExperiments = operation({
  id: 'listEvaluationExperiments',
  method: 'GET',
  path: `${ONE}/experiment-ids`,
  summary: 'List the experiments of an evaluation data set',
  right: READ_EXPERIMENTS,
  input: Type.Object(This),
  output: Type.Object({ experiment_ids: Type.Optional(Type.Array(Type.String())) }),
})

const Experiments = Type.Object({ ...This, experiment_ids: Type.Optional(Type.Array(Type.String())) })

export const AddEvaluationExperiments = operation({
  id: 'addEvaluationExperiments',
  method: 'POST',
  path: `${ONE}/add-experiments`,
  summary: 'Add an evaluation data set to experiments',
  right: EDIT_EXPERIMENTS,
  input: Experiments,
  output: Answer,
})

export const RemoveEvaluationExperiments = operation({
  id: 'removeEvaluationExperiments',
  method: 'POST',
  path: `${ONE}/remove-experiments`,
  summary: 'Remove an evaluation data set from experiments',
  right: EDIT_EXPERIMENTS,
  input: Experiments,
  output: Answer,
})
