import Type from 'typebox'
import { ModelVersion, RegisteredModel } from '../mlflow/registered-models.js'
import { operation } from '../operation.js'
import { EDIT_MODELS, READ_MODELS } from '../rights.js'
import { Int64, Required, Unsupported } from '../wire.js'

/** The level of the permissions API that the caller has on the model. */
const permission_level = Type.String()

export const GetWorkspaceModel = operation({
  id: 'getWorkspaceModel',
  method: 'GET',
  path: '/api/2.0/mlflow/databricks/registered-models/get',
  summary: 'Get a registered model with its id and the level of the caller',
  right: READ_MODELS,
  input: Type.Object({ name: Required() }),
  output: Type.Object({
    registered_model_databricks: Type.Object({
      ...RegisteredModel.properties,
      /** Names the model in the permissions API. */
      id: Type.String(),
      permission_level,
    }),
  }),
})

export const ListWorkspaceModels = operation({
  id: 'listWorkspaceModels',
  method: 'GET',
  path: '/api/2.0/mlflow/registered-models/list',
  summary: 'List registered models',
  right: { ...READ_MODELS, filtered: true },
  input: Type.Object({
    max_results: Type.Optional(Int64()),
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    registered_models: Type.Optional(Type.Array(RegisteredModel)),
    next_page_token: Type.Optional(Type.String()),
  }),
})

export const TransitionWorkspaceModelVersion = operation({
  id: 'transitionWorkspaceModelVersion',
  method: 'POST',
  path: '/api/2.0/mlflow/databricks/model-versions/transition-stage',
  summary: 'Transition a version to a stage',
  right: EDIT_MODELS,
  input: Type.Object({
    name: Required(),
    version: Required(),
    stage: Required(),
    archive_existing_versions: Type.Optional(Type.Boolean()),
    comment: Unsupported(),
  }),
  output: Type.Object({
    model_version_databricks: Type.Object({ ...ModelVersion.properties, permission_level }),
  }),
})
