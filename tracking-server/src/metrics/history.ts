import type { Db } from '@cairn/platform/db/db'
import type { GetMetricHistory, MetricWithRunId } from '@cairn/platform/protocol/mlflow/metrics'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { decodeCursor, encodeCursor } from '@cairn/platform/search/keyset'
import { checkPositive } from '@cairn/platform/search/page-size'
import type { TrackingSchema } from '../schema.js'
import { slice } from './point-columns.js'
import { POSITION_WIDTH, positionAt, readHistory, readHistoryPage } from './read.js'
import { toMetrics } from './wire.js'

/** Reads the complete history of metrics. */
export class MetricHistory {
  readonly #db: Db<TrackingSchema>

  constructor(db: Db<TrackingSchema>) {
    this.#db = db
  }

  /** Ordered by timestamp, step and value. Empty if the run does not exist. */
  async page(input: Input<typeof GetMetricHistory>): Promise<Output<typeof GetMetricHistory>> {
    const { run_id, metric_key, max_results, page_token } = input
    if (max_results !== undefined) checkPositive(max_results)
    const identity = [run_id, metric_key]
    const past = decodeCursor(page_token, identity, [POSITION_WIDTH])?.position
    const limit = max_results ?? Number.MAX_SAFE_INTEGER - 1
    const found =
      max_results === undefined && !past
        ? await readHistory(this.#db, run_id, metric_key)
        : await readHistoryPage(this.#db, run_id, metric_key, limit + 1, past)
    const page = slice(found, 0, limit)
    const count = page.values.length
    const position = found.values.length > limit && positionAt(page, count - 1)
    return {
      ...(count > 0 && { metrics: toMetrics(metric_key, page) }),
      ...(position && { next_page_token: encodeCursor({ segment: 0, position }, identity) }),
    }
  }

  /** Ordered by run, timestamp, step and value. */
  async ofRuns(runIds: readonly string[], key: string, limit: number): Promise<MetricWithRunId[]> {
    const metrics: MetricWithRunId[] = []
    for (const run_id of [...new Set(runIds)].sort()) {
      if (metrics.length >= limit) break
      const points = await readHistoryPage(this.#db, run_id, key, limit - metrics.length)
      for (const metric of toMetrics(key, points)) metrics.push({ ...metric, run_id })
    }
    return metrics
  }
}
