import { limitKeys } from '@cairn/platform/events/coalesce'
import type { Change } from '@cairn/platform/protocol/cairn/events'
import type { LoggedMetric } from '@cairn/platform/protocol/mlflow/metrics'
import { type Entry, type EntryInput, rejectDuplicateKeys, toParam, toTag } from '../../entries/entry.js'
import { type ModelPoint, toModelPoint } from '../../logged-models/model-point.js'
import {
  type MetricPoint,
  type PreparedMetrics,
  prepareMetrics,
  toLoggedPoint,
} from '../../metrics/logged-points.js'
import { rejectLargeBatch } from './batch-limits.js'

export interface BatchInput {
  readonly metrics?: readonly LoggedMetric[]
  readonly params?: readonly EntryInput[]
  readonly tags?: readonly EntryInput[]
}

export interface PreparedRunMetrics extends PreparedMetrics {
  readonly modelPoints: readonly ModelPoint[]
  /** Keys and steps for the change event. */
  readonly changed: Pick<Extract<Change, { type: 'metrics' }>, 'keys' | 'first_step' | 'last_step'>
}

/**
 * A checked batch in the form in which it is stored. It is much smaller than the request while it waits for the
 * database, and a worker thread can prepare it.
 */
export interface PreparedBatch {
  readonly metrics?: PreparedRunMetrics
  readonly params: readonly Entry[]
  readonly tags: readonly Entry[]
}

/** @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function prepareBatch({ metrics = [], params = [], tags = [] }: BatchInput): PreparedBatch {
  const points = metrics.map((metric, i) => toLoggedPoint(metric, `metrics[${i}].`))
  const ready = {
    params: params.map((param, i) => toParam(param, `params[${i}].`)),
    tags: tags.map((tag, i) => toTag(tag, `tags[${i}].`)),
  }
  rejectLargeBatch(metrics.length, params.length, tags.length)
  rejectDuplicateKeys(ready.params)
  return points.length > 0 ? { ...ready, metrics: prepareRunMetrics(metrics, points) } : ready
}

/** @param points the stored form of the same metrics */
export function prepareRunMetrics(
  metrics: readonly LoggedMetric[],
  points: readonly MetricPoint[],
): PreparedRunMetrics {
  const ready = prepareMetrics(points)
  const modelPoints = metrics.flatMap((metric, i) =>
    metric.model_id ? toModelPoint(metric, points[i]!) : [],
  )
  return {
    ...ready,
    modelPoints,
    changed: { ...limitKeys(ready.latest.map(({ key }) => key)), ...extent(points) },
  }
}

function extent(points: readonly MetricPoint[]) {
  let first_step = Number.POSITIVE_INFINITY
  let last_step = Number.NEGATIVE_INFINITY
  for (const { step } of points) {
    if (step < first_step) first_step = step
    if (step > last_step) last_step = step
  }
  return { first_step, last_step }
}
