import Type from 'typebox'
import { operation } from '../operation.js'
import { EDIT_MODELS, READ_MODELS } from '../rights.js'
import { Empty, KeyValue, Required } from '../wire.js'
import { ModelVersion, SearchFields } from './registered-models.js'

const BASE = '/api/2.0/mlflow/model-versions'

const VersionAnswer = Type.Object({ model_version: ModelVersion })
const Addressed = { name: Required(), version: Required() }

export const CreateModelVersion = operation({
  id: 'createModelVersion',
  method: 'POST',
  path: `${BASE}/create`,
  summary: 'Register a version of a model',
  right: EDIT_MODELS,
  input: Type.Object({
    name: Required(),
    source: Required(),
    run_id: Type.Optional(Type.String()),
    tags: Type.Optional(Type.Array(KeyValue)),
    run_link: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    model_id: Type.Optional(Type.String()),
  }),
  output: VersionAnswer,
})

export const GetModelVersion = operation({
  id: 'getModelVersion',
  method: 'GET',
  path: `${BASE}/get`,
  summary: 'Get a version',
  right: READ_MODELS,
  input: Type.Object(Addressed),
  output: VersionAnswer,
})

export const UpdateModelVersion = operation({
  id: 'updateModelVersion',
  method: 'PATCH',
  path: `${BASE}/update`,
  summary: 'Set or clear the description of a version',
  right: EDIT_MODELS,
  input: Type.Object({ ...Addressed, description: Type.Optional(Type.String()) }),
  output: VersionAnswer,
})

export const DeleteModelVersion = operation({
  id: 'deleteModelVersion',
  method: 'DELETE',
  path: `${BASE}/delete`,
  summary: 'Delete a version and its aliases',
  right: EDIT_MODELS,
  input: Type.Object(Addressed),
  output: Empty,
})

export const TransitionModelVersionStage = operation({
  id: 'transitionModelVersionStage',
  method: 'POST',
  path: `${BASE}/transition-stage`,
  summary: 'Transition a version to a stage',
  right: EDIT_MODELS,
  input: Type.Object({
    ...Addressed,
    stage: Required(),
    archive_existing_versions: Type.Optional(Type.Boolean()),
  }),
  output: VersionAnswer,
})

export const GetModelVersionDownloadUri = operation({
  id: 'getModelVersionDownloadUri',
  method: 'GET',
  path: `${BASE}/get-download-uri`,
  summary: 'Get the location of the files of a version',
  right: READ_MODELS,
  input: Type.Object(Addressed),
  output: Type.Object({ artifact_uri: Type.String() }),
})

export const SearchModelVersions = operation({
  id: 'searchModelVersions',
  method: 'GET',
  path: `${BASE}/search`,
  summary: 'Search versions',
  right: { ...READ_MODELS, filtered: true },
  input: Type.Object(SearchFields),
  output: Type.Object({
    model_versions: Type.Optional(Type.Array(ModelVersion)),
    next_page_token: Type.Optional(Type.String()),
  }),
})

export const SetModelVersionTag = operation({
  id: 'setModelVersionTag',
  method: 'POST',
  path: `${BASE}/set-tag`,
  summary: 'Set a tag of a version',
  right: EDIT_MODELS,
  input: Type.Object({ ...Addressed, key: Required(), value: Type.Optional(Type.String()) }),
  output: Empty,
})

export const DeleteModelVersionTag = operation({
  id: 'deleteModelVersionTag',
  method: 'DELETE',
  path: `${BASE}/delete-tag`,
  summary: 'Delete a tag of a version',
  right: EDIT_MODELS,
  input: Type.Object({ ...Addressed, key: Required() }),
  output: Empty,
})
