import type { GetLoggedModel, LoggedModel } from '@cairn/platform/protocol/logged-models'
import { call } from './call.js'

export type { LoggedModel }

export const getLoggedModel = async (model_id: string, signal?: AbortSignal) =>
  (await call<typeof GetLoggedModel>('GET /api/2.0/mlflow/logged-models/{model_id}', { model_id }, signal))
    .model
