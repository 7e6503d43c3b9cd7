import type {
  DeleteExperiment,
  DeleteExperimentTag,
  RestoreExperiment,
  SetExperimentTag,
  UpdateExperiment,
} from '@cairn/platform/protocol/mlflow/experiments'
import { call } from './call.js'

export const renameExperiment = (experiment_id: string, new_name: string) =>
  call<typeof UpdateExperiment>('POST /api/2.0/mlflow/experiments/update', { experiment_id, new_name })

export const deleteExperiment = (experiment_id: string) =>
  call<typeof DeleteExperiment>('POST /api/2.0/mlflow/experiments/delete', { experiment_id })

export const restoreExperiment = (experiment_id: string) =>
  call<typeof RestoreExperiment>('POST /api/2.0/mlflow/experiments/restore', { experiment_id })

export const setExperimentTag = (experiment_id: string, key: string, value: string) =>
  call<typeof SetExperimentTag>('POST /api/2.0/mlflow/experiments/set-experiment-tag', {
    experiment_id,
    key,
    value,
  })

export const deleteExperimentTag = (experiment_id: string, key: string) =>
  call<typeof DeleteExperimentTag>('POST /api/2.0/mlflow/experiments/delete-experiment-tag', {
    experiment_id,
    key,
  })
