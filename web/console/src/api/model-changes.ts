import type {
  CreateModelVersion,
  DeleteModelVersion,
  DeleteModelVersionTag,
  SetModelVersionTag,
  UpdateModelVersion,
} from '@cairn/platform/protocol/mlflow/model-versions'
import type {
  CreateRegisteredModel,
  DeleteRegisteredModel,
  DeleteRegisteredModelTag,
  RenameRegisteredModel,
  SetRegisteredModelTag,
  UpdateRegisteredModel,
} from '@cairn/platform/protocol/mlflow/registered-models'
import type { Input } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export const createModel = (name: string, description = '') =>
  call<typeof CreateRegisteredModel>('POST /api/2.0/mlflow/registered-models/create', {
    name,
    ...(description && { description }),
  })

export const renameModel = (name: string, new_name: string) =>
  call<typeof RenameRegisteredModel>('POST /api/2.0/mlflow/registered-models/rename', { name, new_name })

export const describeModel = (name: string, description: string) =>
  call<typeof UpdateRegisteredModel>('PATCH /api/2.0/mlflow/registered-models/update', { name, description })

export const deleteModel = (name: string) =>
  call<typeof DeleteRegisteredModel>('DELETE /api/2.0/mlflow/registered-models/delete', { name })

export const setModelTag = (name: string, key: string, value: string) =>
  call<typeof SetRegisteredModelTag>('POST /api/2.0/mlflow/registered-models/set-tag', { name, key, value })

export const deleteModelTag = (name: string, key: string) =>
  call<typeof DeleteRegisteredModelTag>('DELETE /api/2.0/mlflow/registered-models/delete-tag', { name, key })

export const createVersion = async (input: Input<typeof CreateModelVersion>) =>
  (await call<typeof CreateModelVersion>('POST /api/2.0/mlflow/model-versions/create', input)).model_version

export const describeVersion = (name: string, version: string, description: string) =>
  call<typeof UpdateModelVersion>('PATCH /api/2.0/mlflow/model-versions/update', {
    name,
    version,
    description,
  })

export const deleteVersion = (name: string, version: string) =>
  call<typeof DeleteModelVersion>('DELETE /api/2.0/mlflow/model-versions/delete', { name, version })

export const setVersionTag = (name: string, version: string, key: string, value: string) =>
  call<typeof SetModelVersionTag>('POST /api/2.0/mlflow/model-versions/set-tag', {
    name,
    version,
    key,
    value,
  })

export const deleteVersionTag = (name: string, version: string, key: string) =>
  call<typeof DeleteModelVersionTag>('DELETE /api/2.0/mlflow/model-versions/delete-tag', {
    name,
    version,
    key,
  })
