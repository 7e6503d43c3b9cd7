import { CairnError } from '../cairn-error.js'
import { pages } from '../page.js'
import type { Transport } from '../transport.js'
import {
  type DatasetInput,
  fromWireMetric,
  fromWireRun,
  type Metric,
  type ModelOutput,
  type Param,
  type RunInfo,
  type RunRecord,
  type RunStatus,
  type Tag,
  toRows,
  toWireNumber,
  type ViewType,
} from '../wire.js'

const BASE = '/api/2.0/mlflow/runs'
/** Retried for about a minute, so that a restart of the server loses nothing. */
const LONG_RETRY = { idempotent: true, attempts: 10 }

export interface CreateRun {
  readonly experiment_id: string
  readonly run_name?: string
  readonly start_time?: number
  readonly tags?: Record<string, string>
}

export interface SearchRuns {
  readonly experiment_ids: readonly string[]
  readonly filter?: string
  readonly order_by?: readonly string[]
  readonly run_view_type?: ViewType
  /** Runs per page, at most 50 000. */
  readonly max_results?: number
}

export interface Batch {
  readonly metrics?: readonly Metric[]
  readonly params?: readonly Param[]
  readonly tags?: readonly Tag[]
}

/** Runs: their metrics, parameters, tags and inputs, through the tracking API. Part of `TrackingClient`. */
export class Runs {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  async create(run: CreateRun): Promise<RunRecord> {
    const json = { start_time: Date.now(), ...run, tags: toRows(run.tags ?? {}) }
    return (await this.#post<{ run: RunRecord }>('create', json, false)).run
  }

  async get(run_id: string): Promise<RunRecord> {
    const path = `${BASE}/get`
    const response = await this.#transport.call<{ run: RunRecord }>({
      method: 'GET',
      path,
      query: { run_id },
    })
    return fromWireRun(response.run)
  }

  /** Retried for about a minute. */
  async update(
    run_id: string,
    changes: { status?: RunStatus; end_time?: number; run_name?: string },
  ): Promise<RunInfo> {
    const request = {
      method: 'POST',
      path: `${BASE}/update`,
      json: { run_id, ...changes },
      ...LONG_RETRY,
    } as const
    return (await this.#transport.call<{ run_info: RunInfo }>(request)).run_info
  }

  async delete(run_id: string): Promise<void> {
    await this.#post('delete', { run_id })
  }

  async restore(run_id: string): Promise<void> {
    await this.#post('restore', { run_id })
  }

  async logMetric(run_id: string, metric: Metric): Promise<void> {
    await this.#post('log-metric', { run_id, ...metric, value: toWireNumber(metric.value) })
  }

  async logParam(run_id: string, param: Param): Promise<void> {
    await this.#post('log-parameter', { run_id, ...param })
  }

  async setTag(run_id: string, tag: Tag): Promise<void> {
    await this.#post('set-tag', { run_id, ...tag })
  }

  async deleteTag(run_id: string, key: string): Promise<void> {
    await this.#post('delete-tag', { run_id, key }, false)
  }

  /**
   * Logs at most 1000 metrics, 100 params and 100 tags, 1000 in total. Idempotent: the server drops metric rows it already
   * has and accepts an equal parameter. Retried for about a minute.
   */
  async logBatch(run_id: string, batch: Batch): Promise<void> {
    const metrics = (batch.metrics ?? []).map((metric) => ({ ...metric, value: toWireNumber(metric.value) }))
    const json = { run_id, metrics, params: batch.params ?? [], tags: batch.tags ?? [] }
    const path = `${BASE}/log-batch`
    await this.#transport.call({ method: 'POST', path, json, ...LONG_RETRY })
  }

  async logInputs(run_id: string, datasets: readonly DatasetInput[]): Promise<void> {
    await this.#post('log-inputs', { run_id, datasets })
  }

  /** Links models to the run that created them. Idempotent. */
  async logOutputs(run_id: string, models: readonly ModelOutput[]): Promise<void> {
    try {
      await this.#post('outputs', { run_id, models })
    } catch (error) {
      // MLflow rejects an existing link, which the first of two attempts may have created.
      if (!(error instanceof CairnError) || error.status !== 400) throw error
      const linked = (await this.get(run_id)).outputs?.model_outputs ?? []
      if (!models.every((model) => linked.some((output) => output.model_id === model.model_id))) throw error
    }
  }

  /** Yields every match; pages are fetched as they are read. */
  search(query: SearchRuns): AsyncGenerator<RunRecord> {
    return pages(async (page_token) => {
      const json = { max_results: 1000, ...query, page_token }
      const response = await this.#post<{ runs?: RunRecord[]; next_page_token?: string }>('search', json)
      return { items: (response.runs ?? []).map(fromWireRun), next: response.next_page_token }
    })
  }

  /** Yields every point of one metric, ordered by timestamp, step and value. */
  metricHistory(run_id: string, metric_key: string): AsyncGenerator<Metric> {
    return pages(async (page_token) => {
      const response = await this.#transport.call<{ metrics?: Metric[]; next_page_token?: string }>({
        method: 'GET',
        path: '/api/2.0/mlflow/metrics/get-history',
        query: { run_id, metric_key, max_results: 25_000, page_token },
      })
      return { items: (response.metrics ?? []).map(fromWireMetric), next: response.next_page_token }
    })
  }

  #post<T>(name: string, json: object, idempotent = true): Promise<T> {
    return this.#transport.call<T>({ method: 'POST', path: `${BASE}/${name}`, json, idempotent })
  }
}
