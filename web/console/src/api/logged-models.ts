import type {
  GetLoggedModel,
  LoggedModel,
  LoggedModelMetric,
  SearchLoggedModels,
} from '@cairn/platform/protocol/mlflow/logged-models'
import type { Input } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export type { LoggedModel, LoggedModelMetric }

export const searchLoggedModels = (search: Input<typeof SearchLoggedModels>, signal?: AbortSignal) =>
  call<typeof SearchLoggedModels>('POST /api/2.0/mlflow/logged-models/search', search, signal)

export const getLoggedModel = async (model_id: string, signal?: AbortSignal) =>
  (await call<typeof GetLoggedModel>('GET /api/2.0/mlflow/logged-models/{model_id}', { model_id }, signal))
    .model
