import type { Input, Output } from '@cairn/platform/protocol/operation'
import type {
  EvaluateGate,
  GateCheck,
  GateVerdict,
  ListPromotions,
  PromoteModelVersion,
  Promotion,
} from '@cairn/platform/protocol/promotions'
import type {
  ModelVersion,
  RegisteredModel,
  SearchRegisteredModels,
} from '@cairn/platform/protocol/registered-models'
import { getJson, sendJson } from './http.js'

export type { GateCheck, GateVerdict, ModelVersion, Promotion, RegisteredModel }

const BASE = 'ajax-api/2.0/mlflow'
const gated = (name: string) => `api/cairn/v1/registered-models/${encodeURIComponent(name)}`

export const searchModels = (query: { filter?: string; page_token?: string }, signal?: AbortSignal) =>
  getJson<Output<typeof SearchRegisteredModels>>(
    `${BASE}/registered-models/search`,
    { max_results: 100, ...query },
    signal,
  )

export const getModel = async (name: string, signal?: AbortSignal) =>
  (await getJson<{ registered_model: RegisteredModel }>(`${BASE}/registered-models/get`, { name }, signal))
    .registered_model

/** The newest thousand. `filter` in MLflow's language: `name='movies'`, `run_id='…'`. */
export const searchVersions = async (filter: string, signal?: AbortSignal) => {
  const query = { filter, max_results: 1000 }
  const page = await getJson<{ model_versions?: ModelVersion[] }>(
    `${BASE}/model-versions/search`,
    query,
    signal,
  )
  return (page.model_versions ?? []).sort((a, b) => Number(b.version) - Number(a.version))
}

export const setAlias = (name: string, alias: string, version: string) =>
  sendJson('POST', `${BASE}/registered-models/alias`, { name, alias, version })

export const deleteAlias = (name: string, alias: string) =>
  sendJson('DELETE', `${BASE}/registered-models/alias`, { name, alias })

/** What the gate would say, without deciding. */
export const evaluateGate = async (name: string, version: string, signal?: AbortSignal) =>
  (await getJson<Output<typeof EvaluateGate>>(`${gated(name)}/gate`, { version }, signal)).gate

export const listPromotions = async (name: string, signal?: AbortSignal) =>
  (await getJson<Output<typeof ListPromotions>>(`${gated(name)}/promotions`, {}, signal)).promotions

/** Answers with the decision; a failed one leaves the alias where it was. */
export const promote = async ({ name, ...decision }: Input<typeof PromoteModelVersion>) =>
  (await sendJson<Output<typeof PromoteModelVersion>>('POST', `${gated(name)}/promotions`, decision))
    .promotion
