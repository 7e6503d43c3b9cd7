import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { CREATE_MODEL, EDIT_MODELS, MANAGE_MODEL, READ_MODELS } from '../rights.js'
import { Empty, Int64, KeyValue, Required } from '../wire.js'

const BASE = '/api/2.0/mlflow/registered-models'

const Tag = Type.Object({ key: Type.String(), value: Type.String() })

export const ModelVersion = Type.Object({
  name: Type.String(),
  /** An integer as a string, from 1. */
  version: Type.String(),
  creation_timestamp: Int64(),
  last_updated_timestamp: Int64(),
  user_id: Type.Optional(Type.String()),
  current_stage: Type.String(),
  description: Type.String(),
  source: Type.String(),
  run_id: Type.String(),
  status: Type.String(),
  status_message: Type.Optional(Type.String()),
  tags: Type.Optional(Type.Array(Tag)),
  run_link: Type.String(),
  aliases: Type.Optional(Type.Array(Type.String())),
  model_id: Type.Optional(Type.String()),
  model_params: Type.Optional(Type.Array(Type.Object({ name: Type.String(), value: Type.String() }))),
  model_metrics: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()))),
})
export type ModelVersion = Static<typeof ModelVersion>

export const RegisteredModel = Type.Object({
  name: Type.String(),
  creation_timestamp: Int64(),
  last_updated_timestamp: Int64(),
  user_id: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  /** The highest version of each stage. */
  latest_versions: Type.Optional(Type.Array(ModelVersion)),
  tags: Type.Optional(Type.Array(Tag)),
  aliases: Type.Optional(Type.Array(Type.Object({ alias: Type.String(), version: Type.String() }))),
})
export type RegisteredModel = Static<typeof RegisteredModel>

/** The parameters of both searches of the registry. */
export const SearchFields = {
  filter: Type.Optional(Type.String()),
  max_results: Type.Optional(Int64()),
  order_by: Type.Optional(Type.Array(Type.String())),
  page_token: Type.Optional(Type.String()),
}

const ModelAnswer = Type.Object({ registered_model: RegisteredModel })
const Named = Type.Object({ name: Required() })

export const CreateRegisteredModel = operation({
  id: 'createRegisteredModel',
  method: 'POST',
  path: `${BASE}/create`,
  summary: 'Create a registered model',
  right: CREATE_MODEL,
  input: Type.Object({
    name: Required(),
    tags: Type.Optional(Type.Array(KeyValue)),
    description: Type.Optional(Type.String()),
  }),
  output: ModelAnswer,
})

export const GetRegisteredModel = operation({
  id: 'getRegisteredModel',
  method: 'GET',
  path: `${BASE}/get`,
  summary: 'Get a registered model',
  right: READ_MODELS,
  input: Named,
  output: ModelAnswer,
})

export const RenameRegisteredModel = operation({
  id: 'renameRegisteredModel',
  method: 'POST',
  path: `${BASE}/rename`,
  summary: 'Rename a registered model with its versions, tags and aliases',
  right: EDIT_MODELS,
  input: Type.Object({ name: Required(), new_name: Required() }),
  output: ModelAnswer,
})

export const UpdateRegisteredModel = operation({
  id: 'updateRegisteredModel',
  method: 'PATCH',
  path: `${BASE}/update`,
  summary: 'Set or clear the description of a registered model',
  right: EDIT_MODELS,
  input: Type.Object({ name: Required(), description: Type.Optional(Type.String()) }),
  output: ModelAnswer,
})

export const DeleteRegisteredModel = operation({
  id: 'deleteRegisteredModel',
  method: 'DELETE',
  path: `${BASE}/delete`,
  summary: 'Delete a registered model and all its versions',
  right: MANAGE_MODEL,
  input: Named,
  output: Empty,
})

export const SearchRegisteredModels = operation({
  id: 'searchRegisteredModels',
  method: 'GET',
  path: `${BASE}/search`,
  summary: 'Search registered models',
  right: { ...READ_MODELS, filtered: true },
  input: Type.Object(SearchFields),
  output: Type.Object({
    registered_models: Type.Optional(Type.Array(RegisteredModel)),
    next_page_token: Type.Optional(Type.String()),
  }),
})

const Latest = {
  input: Type.Object({ name: Required(), stages: Type.Optional(Type.Array(Type.String())) }),
  output: Type.Object({ model_versions: Type.Optional(Type.Array(ModelVersion)) }),
}

export const GetLatestVersions = operation({
  id: 'getLatestVersions',
  method: 'POST',
  path: `${BASE}/get-latest-versions`,
  summary: 'The highest version of each stage',
  right: READ_MODELS,
  ...Latest,
})

export const GetLatestVersionsByQuery = operation({
  id: 'getLatestVersionsByQuery',
  method: 'GET',
  path: `${BASE}/get-latest-versions`,
  summary: 'The highest version of each stage',
  right: READ_MODELS,
  ...Latest,
})

export const SetRegisteredModelTag = operation({
  id: 'setRegisteredModelTag',
  method: 'POST',
  path: `${BASE}/set-tag`,
  summary: 'Set a tag of a registered model',
  right: EDIT_MODELS,
  input: Type.Object({ name: Required(), key: Required(), value: Type.Optional(Type.String()) }),
  output: Empty,
})

export const DeleteRegisteredModelTag = operation({
  id: 'deleteRegisteredModelTag',
  method: 'DELETE',
  path: `${BASE}/delete-tag`,
  summary: 'Delete a tag of a registered model',
  right: EDIT_MODELS,
  input: Type.Object({ name: Required(), key: Required() }),
  output: Empty,
})

export const SetRegisteredModelAlias = operation({
  id: 'setRegisteredModelAlias',
  method: 'POST',
  path: `${BASE}/alias`,
  summary: 'Set an alias to a version',
  right: EDIT_MODELS,
  input: Type.Object({ name: Required(), alias: Required(), version: Required() }),
  output: Empty,
})

export const DeleteRegisteredModelAlias = operation({
  id: 'deleteRegisteredModelAlias',
  method: 'DELETE',
  path: `${BASE}/alias`,
  summary: 'Delete an alias',
  right: EDIT_MODELS,
  input: Type.Object({ name: Required(), alias: Required() }),
  output: Empty,
})

export const GetModelVersionByAlias = operation({
  id: 'getModelVersionByAlias',
  method: 'GET',
  path: `${BASE}/alias`,
  summary: 'Get the version of an alias',
  right: READ_MODELS,
  input: Type.Object({ name: Required(), alias: Required() }),
  output: Type.Object({ model_version: ModelVersion }),
})
