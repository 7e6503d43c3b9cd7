import type { AliasMove, ListAliasMoves } from '@cairn/platform/protocol/cairn/alias-moves'
import type {
  EvaluateGate,
  GateCheck,
  GateVerdict,
  ListPromotions,
  PromoteModelVersion,
  Promotion,
} from '@cairn/platform/protocol/cairn/promotions'
import type { SearchModelVersions } from '@cairn/platform/protocol/mlflow/model-versions'
import type {
  DeleteRegisteredModelAlias,
  GetRegisteredModel,
  ModelVersion,
  RegisteredModel,
  SearchRegisteredModels,
  SetRegisteredModelAlias,
} from '@cairn/platform/protocol/mlflow/registered-models'
import type { Input } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export type { AliasMove, GateCheck, GateVerdict, ModelVersion, Promotion, RegisteredModel }

export const searchModels = (search: Input<typeof SearchRegisteredModels>, signal?: AbortSignal) =>
  call<typeof SearchRegisteredModels>(
    'GET /api/2.0/mlflow/registered-models/search',
    { max_results: 100, ...search },
    signal,
  )

export const getModel = async (name: string, signal?: AbortSignal) =>
  (await call<typeof GetRegisteredModel>('GET /api/2.0/mlflow/registered-models/get', { name }, signal))
    .registered_model

const MAX_VERSIONS = 1000

/** Newest first. `filter` in MLflow's language: `name='movies'`, `run_id='…'`. */
export const searchVersions = async (filter: string, signal?: AbortSignal) => {
  const { model_versions = [] } = await call<typeof SearchModelVersions>(
    'GET /api/2.0/mlflow/model-versions/search',
    { filter, max_results: MAX_VERSIONS },
    signal,
  )
  return model_versions.sort((a, b) => Number(b.version) - Number(a.version))
}

export const setAlias = (name: string, alias: string, version: string) =>
  call<typeof SetRegisteredModelAlias>('POST /api/2.0/mlflow/registered-models/alias', {
    name,
    alias,
    version,
  })

export const deleteAlias = (name: string, alias: string) =>
  call<typeof DeleteRegisteredModelAlias>('DELETE /api/2.0/mlflow/registered-models/alias', { name, alias })

/** Checks a version against the gate without promoting it. */
export const evaluateGate = async (name: string, version: string, signal?: AbortSignal) =>
  (
    await call<typeof EvaluateGate>(
      'GET /api/cairn/v1/registered-models/{name}/gate',
      { name, version },
      signal,
    )
  ).gate

export const listAliasMoves = async (name: string, signal?: AbortSignal) =>
  (
    await call<typeof ListAliasMoves>(
      'GET /api/cairn/v1/registered-models/{name}/alias-moves',
      { name },
      signal,
    )
  ).moves

export const listPromotions = async (name: string, signal?: AbortSignal) =>
  (
    await call<typeof ListPromotions>(
      'GET /api/cairn/v1/registered-models/{name}/promotions',
      { name },
      signal,
    )
  ).promotions

/** Returns the decision; a failed promotion leaves the alias unchanged. */
export const promote = async (decision: Input<typeof PromoteModelVersion>) =>
  (await call<typeof PromoteModelVersion>('POST /api/cairn/v1/registered-models/{name}/promotions', decision))
    .promotion
