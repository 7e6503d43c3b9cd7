import type { LoggedMetric } from '@cairn/platform/protocol/mlflow/metrics'
import type { MetricPoint } from '../metrics/logged-points.js'

/** A metric of a model, measured on a dataset in a run. */
export interface ModelPoint extends MetricPoint {
  readonly model_id: string
  readonly dataset_name: string
  readonly dataset_digest: string
}

export const toModelPoint = (metric: LoggedMetric, point: MetricPoint): ModelPoint => ({
  ...point,
  model_id: metric.model_id ?? '',
  dataset_name: metric.dataset_name ?? '',
  dataset_digest: metric.dataset_digest ?? '',
})
