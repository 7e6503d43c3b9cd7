import Type from 'typebox'
import { ModelVersion, RegisteredModel } from '../mlflow/registered-models.js'
import { operation } from '../operation.js'
import { EDIT_MODELS, READ_MODELS } from '../rights.js'
import { Empty, Required, Unsupported } from '../wire.js'

const BASE = '/api/2.0/mlflow/unity-catalog'

export const UpdateUnityCatalogModel = operation({
  id: 'updateUnityCatalogModel',
  method: 'PATCH',
  path: `${BASE}/registered-models/update`,
  summary: 'Rename a registered model, or set its description',
  right: EDIT_MODELS,
  input: Type.Object({
    name: Required(),
    new_name: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    deployment_job_id: Unsupported(),
  }),
  output: Type.Object({ registered_model: RegisteredModel }),
})

export const FinalizeUnityCatalogVersion = operation({
  id: 'finalizeUnityCatalogVersion',
  method: 'POST',
  path: `${BASE}/model-versions/finalize`,
  summary: 'End the upload of a version, which is ready since its creation',
  right: EDIT_MODELS,
  input: Type.Object({ name: Required(), version: Required() }),
  output: Type.Object({ model_version: ModelVersion }),
})

export const EmitModelVersionLineage = operation({
  id: 'emitModelVersionLineage',
  method: 'POST',
  path: `${BASE}/model-versions/emit-lineage`,
  summary: 'Take what MLflow reports before it loads a version; entities of Databricks are refused',
  right: READ_MODELS,
  input: Type.Object({
    name: Required(),
    version: Required(),
    model_version_lineage_info: Type.Optional(
      Type.Object({ entities: Unsupported(), direction: Type.Optional(Type.String()) }),
    ),
    securable: Unsupported(),
  }),
  output: Empty,
})

export const GetModelFilesClient = operation({
  id: 'getModelFilesClient',
  method: 'GET',
  path: `${BASE}/registered-models:is-databricks-sdk-models-artifact-repository-enabled`,
  summary: 'Whether clients read and write the files of versions by the Files API: yes',
  right: 'authenticated',
  input: Type.Object({}),
  output: Type.Object({ is_databricks_sdk_models_artifact_repository_enabled: Type.Boolean() }),
})
