import type { LoggedModel, LoggedModelMetric } from '../api/logged-models.js'
import type { Tone } from '../ui/status.js'

const VERSIONS_TAG = 'mlflow.modelVersions'

export interface RegisteredVersion {
  readonly name: string
  readonly version: string
}

/** The registered versions that contain the model, from the tag that the registry and MLflow's clients write. */
export function versionsOf({ info: { tags = [] } }: LoggedModel): RegisteredVersion[] {
  const text = tags.find(({ key }) => key === VERSIONS_TAG)?.value
  try {
    const versions: unknown = JSON.parse(text || '[]')
    if (!Array.isArray(versions)) return []
    const named = versions.flatMap((one) =>
      typeof one?.name === 'string' ? [{ name: one.name, version: String(one.version) }] : [],
    )
    return [...new Map(named.map((one) => [`${one.name} ${one.version}`, one])).values()]
  } catch {
    return []
  }
}

export type ModelStatus = 'PENDING' | 'READY' | 'UPLOAD_FAILED' | 'UNKNOWN'

export function modelStatus({ info: { status } }: LoggedModel): ModelStatus {
  const name = status.replace('LOGGED_MODEL_', '')
  return name === 'PENDING' || name === 'READY' || name === 'UPLOAD_FAILED' ? name : 'UNKNOWN'
}

export const MODEL_TONE: Readonly<Record<ModelStatus, Tone>> = {
  PENDING: 'running',
  READY: 'ok',
  UPLOAD_FAILED: 'bad',
  UNKNOWN: 'waiting',
}

/** A metric, with or without a dataset. */
export interface MetricColumn {
  readonly key: string
  readonly dataset: string
}

export const metricColumn = ({ key, dataset_name = '' }: LoggedModelMetric): MetricColumn => ({
  key,
  dataset: dataset_name,
})

/** The metrics that any of the models has, by dataset and name. */
export function metricColumns(models: readonly LoggedModel[]): MetricColumn[] {
  const columns = new Map<string, MetricColumn>()
  for (const { data } of models)
    for (const metric of data.metrics ?? []) {
      const column = metricColumn(metric)
      columns.set(JSON.stringify([column.dataset, column.key]), column)
    }
  return [...columns.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, column]) => column)
}

/** The latest value of a metric on a dataset. */
export function metricOf(
  { data }: LoggedModel,
  { key, dataset }: MetricColumn,
): LoggedModelMetric | undefined {
  return (data.metrics ?? [])
    .filter((metric) => metric.key === key && (metric.dataset_name ?? '') === dataset)
    .sort((a, b) => b.timestamp - a.timestamp || b.step - a.step)[0]
}

/** The metrics of a model by dataset; those without one come first. */
export function metricsByDataset(model: LoggedModel): [dataset: string, metrics: LoggedModelMetric[]][] {
  const groups = new Map<string, LoggedModelMetric[]>()
  for (const column of metricColumns([model])) {
    const metric = metricOf(model, column)
    if (metric) groups.set(column.dataset, [...(groups.get(column.dataset) ?? []), metric])
  }
  return [...groups]
}
