import type {
  CreateExperiment,
  Experiment,
  GetExperiment,
  GetExperimentByName,
  SearchExperiments,
} from '@cairn/platform/protocol/mlflow/experiments'
import type { Input } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export type { Experiment }

export const searchExperiments = (search: Input<typeof SearchExperiments>, signal?: AbortSignal) =>
  call<typeof SearchExperiments>(
    'POST /api/2.0/mlflow/experiments/search',
    { max_results: 200, ...search },
    signal,
  )

export const getExperiment = async (experiment_id: string, signal?: AbortSignal) =>
  (await call<typeof GetExperiment>('GET /api/2.0/mlflow/experiments/get', { experiment_id }, signal))
    .experiment

export const getExperimentByName = async (experiment_name: string, signal?: AbortSignal) =>
  (
    await call<typeof GetExperimentByName>(
      'GET /api/2.0/mlflow/experiments/get-by-name',
      { experiment_name },
      signal,
    )
  ).experiment

export const createExperiment = (name: string) =>
  call<typeof CreateExperiment>('POST /api/2.0/mlflow/experiments/create', { name })
