import { fewKeys } from '@cairn/platform/events/coalesce'
import type { LoggedMetric } from '@cairn/platform/protocol/metrics'
import { type ModelPoint, toModelPoint } from '../logged-models/model-point.js'
import { refuseLargeBatch } from './batch-limits.js'
import { type Entry, type Given, refuseDuplicates, toParam, toTag } from './entries.js'
import { type MetricPoint, type ReadyMetrics, readyMetrics, toLoggedPoint } from './points.js'

export interface Batch {
  readonly metrics?: readonly LoggedMetric[]
  readonly params?: readonly Given[]
  readonly tags?: readonly Given[]
}

export interface LoggedMetrics extends ReadyMetrics {
  readonly ofModels: readonly ModelPoint[]
  /** `{ keys }` of what is announced. */
  readonly changed: ReturnType<typeof fewKeys>
}

/**
 * A batch as it is stored, which needs no database. It waits for its turn in place of all that was sent, which is much
 * more, and a thread can make it.
 */
export interface ReadyBatch {
  readonly metrics?: LoggedMetrics
  readonly params: readonly Entry[]
  readonly tags: readonly Entry[]
}

/** @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function readyBatch({ metrics = [], params = [], tags = [] }: Batch): ReadyBatch {
  const points = metrics.map((metric, i) => toLoggedPoint(metric, `metrics[${i}].`))
  const ready = {
    params: params.map((param, i) => toParam(param, `params[${i}].`)),
    tags: tags.map((tag, i) => toTag(tag, `tags[${i}].`)),
  }
  refuseLargeBatch(metrics.length, params.length, tags.length)
  refuseDuplicates(ready.params)
  return points.length > 0 ? { ...ready, metrics: loggedMetrics(metrics, points) } : ready
}

/** @param points the same metrics, as they are stored */
export function loggedMetrics(
  metrics: readonly LoggedMetric[],
  points: readonly MetricPoint[],
): LoggedMetrics {
  const ready = readyMetrics(points)
  const ofModels = metrics.flatMap((metric, i) => (metric.model_id ? toModelPoint(metric, points[i]!) : []))
  return { ...ready, ofModels, changed: fewKeys(ready.latest.map(({ key }) => key)) }
}
