import type {
  EvaluationDataset,
  GetEvaluationDataset,
  ListEvaluationRecords,
  SearchEvaluationDatasets,
} from '@cairn/platform/protocol/mlflow/evaluation-datasets'
import type { DatasetSummary, SearchDatasets } from '@cairn/platform/protocol/mlflow/experiments'
import { call } from './call.js'

export type { DatasetSummary, EvaluationDataset }

/** The datasets that the runs of an experiment used, once for each context. */
export const listUsedDatasets = async (experiment_id: string, signal?: AbortSignal) =>
  (
    await call<typeof SearchDatasets>(
      'POST /api/2.0/mlflow/experiments/search-datasets',
      { experiment_ids: [experiment_id] },
      signal,
    )
  ).dataset_summaries ?? []

export const searchEvaluationDatasets = async (experiment_id: string, signal?: AbortSignal) =>
  (
    await call<typeof SearchEvaluationDatasets>(
      'POST /api/3.0/mlflow/datasets/search',
      { experiment_ids: [experiment_id], max_results: 200 },
      signal,
    )
  ).datasets ?? []

export const getEvaluationDataset = async (dataset_id: string, signal?: AbortSignal) =>
  (
    await call<typeof GetEvaluationDataset>(
      'GET /api/3.0/mlflow/datasets/{dataset_id}',
      { dataset_id },
      signal,
    )
  ).dataset

const PAGE = 200

/** A page of records as JSON text. */
export const listEvaluationRecords = (dataset_id: string, page_token: string, signal?: AbortSignal) =>
  call<typeof ListEvaluationRecords>(
    'GET /api/3.0/mlflow/datasets/{dataset_id}/records',
    { dataset_id, max_results: PAGE, ...(page_token && { page_token }) },
    signal,
  )
