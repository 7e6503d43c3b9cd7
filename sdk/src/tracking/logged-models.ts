import { pages } from '../page.js'
import { encodeSegment, type Transport } from '../transport.js'
import { fromWireMetric, type LoggedModelRecord, type LoggedModelStatus, toRows } from '../wire.js'

const BASE = '/api/2.0/mlflow/logged-models'

export interface CreateLoggedModel {
  readonly experiment_id: string
  readonly name?: string
  readonly model_type?: string
  readonly source_run_id?: string
  readonly params?: Record<string, unknown>
  readonly tags?: Record<string, string>
}

export interface SearchLoggedModels {
  readonly experiment_ids: readonly string[]
  readonly filter?: string
  readonly order_by?: readonly { readonly field_name: string; readonly ascending?: boolean }[]
  /** Models per page. */
  readonly max_results?: number
}

type ModelResponse = { readonly model: LoggedModelRecord }

/** Logged models, through the tracking API. Part of `TrackingClient`. */
export class LoggedModels {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  async create(model: CreateLoggedModel): Promise<LoggedModelRecord> {
    const json = { ...model, params: toRows(model.params ?? {}), tags: toRows(model.tags ?? {}) }
    return (await this.#transport.call<ModelResponse>({ method: 'POST', path: BASE, json })).model
  }

  async get(modelId: string): Promise<LoggedModelRecord> {
    const path = `${BASE}/${encodeSegment(modelId)}`
    const { model } = await this.#transport.call<ModelResponse>({ method: 'GET', path })
    return fromWire(model)
  }

  async finalize(
    modelId: string,
    status: Exclude<LoggedModelStatus, 'LOGGED_MODEL_PENDING'>,
  ): Promise<LoggedModelRecord> {
    const path = `${BASE}/${encodeSegment(modelId)}`
    const json = { model_id: modelId, status }
    const response = await this.#transport.call<ModelResponse>({
      method: 'PATCH',
      path,
      json,
      idempotent: true,
    })
    return response.model
  }

  async setTags(modelId: string, tags: Record<string, string>): Promise<void> {
    const path = `${BASE}/${encodeSegment(modelId)}/tags`
    const json = { model_id: modelId, tags: toRows(tags) }
    await this.#transport.call({ method: 'PATCH', path, json, idempotent: true })
  }

  async delete(modelId: string): Promise<void> {
    await this.#transport.call({
      method: 'DELETE',
      path: `${BASE}/${encodeSegment(modelId)}`,
      idempotent: false,
    })
  }

  /** Yields every match; pages are fetched as they are read. */
  search(query: SearchLoggedModels): AsyncGenerator<LoggedModelRecord> {
    return pages(async (page_token) => {
      const json = { max_results: 100, ...query, page_token }
      const path = `${BASE}/search`
      const response = await this.#transport.call<{ models?: LoggedModelRecord[]; next_page_token?: string }>(
        {
          method: 'POST',
          path,
          json,
          idempotent: true,
        },
      )
      return { items: (response.models ?? []).map(fromWire), next: response.next_page_token }
    })
  }
}

function fromWire(model: LoggedModelRecord): LoggedModelRecord {
  const metrics = model.data?.metrics
  return metrics ? { ...model, data: { ...model.data, metrics: metrics.map(fromWireMetric) } } : model
}
