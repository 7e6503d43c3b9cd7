import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, api, send } from '../harness/api.js'

const RUNS = '/api/2.0/mlflow/runs'

/** Logs points of one run continuously and records the statuses. */
export class MetricLog {
  readonly #url: string
  readonly run_id: string
  /** Steps by status; 0 without a response. */
  readonly told = new Map<number, number[]>()
  #step = 0

  private constructor(url: string, run_id: string) {
    this.#url = url
    this.run_id = run_id
  }

  static async open(url: string): Promise<MetricLog> {
    const { run } = await api(url).post<{ run: { info: { run_id: string } } }>(`${RUNS}/create`)
    return new MetricLog(url, run.info.run_id)
  }

  /** Logs one point. @returns the status */
  async point(): Promise<number> {
    const step = this.#step++
    const body = { run_id: this.run_id, key: 'loss', value: step, timestamp: 1, step }
    const status = await send(this.#url, 'POST', `${RUNS}/log-metric`, { body }).then(
      (answer) => answer.status,
      () => 0,
    )
    this.told.set(status, [...(this.told.get(status) ?? []), step])
    return status
  }

  async keepOn(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      await this.point()
      await sleep(5)
    }
  }

  /** Acknowledged steps that are not stored. */
  async lost(from: Api): Promise<number[]> {
    const query = { run_id: this.run_id, metric_key: 'loss' }
    const { metrics = [] } = await from.get<{ metrics?: { step?: number }[] }>(
      '/api/2.0/mlflow/metrics/get-history',
      query,
    )
    const there = new Set(metrics.map(({ step = 0 }) => step))
    return (this.told.get(200) ?? []).filter((step) => !there.has(step))
  }
}
