import type { CreateExperiment, Experiment, SearchExperiments } from '@cairn/platform/protocol/experiments'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { getJson, sendJson } from './http.js'

export type { Experiment }

const BASE = 'ajax-api/2.0/mlflow/experiments'

export const searchExperiments = (search: Input<typeof SearchExperiments>, signal?: AbortSignal) =>
  sendJson<Output<typeof SearchExperiments>>(
    'POST',
    `${BASE}/search`,
    { max_results: 200, ...search },
    signal,
  )

export const getExperiment = async (experiment_id: string, signal?: AbortSignal) =>
  (await getJson<{ experiment: Experiment }>(`${BASE}/get`, { experiment_id }, signal)).experiment

export const createExperiment = (name: string) =>
  sendJson<Output<typeof CreateExperiment>>('POST', `${BASE}/create`, { name })
