/** Messages of MLflow's tracking API in their wire format; for limits see the operations of the server. */

export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'
export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED'

export interface Tag {
  readonly key: string
  readonly value: string
}

export interface Param {
  readonly key: string
  readonly value: string
}

export interface Metric {
  readonly key: string
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  readonly step?: number
  readonly model_id?: string
  readonly dataset_name?: string
  readonly dataset_digest?: string
}

export interface Experiment {
  readonly experiment_id: string
  readonly name: string
  readonly artifact_location: string
  readonly lifecycle_stage: 'active' | 'deleted'
  readonly creation_time?: number
  readonly last_update_time?: number
  readonly tags?: readonly Tag[]
}

export interface RunInfo {
  readonly run_id: string
  readonly run_name?: string
  readonly experiment_id: string
  readonly user_id?: string
  readonly status: RunStatus
  readonly start_time: number
  readonly end_time?: number
  readonly artifact_uri: string
  readonly lifecycle_stage: 'active' | 'deleted'
}

export interface Dataset {
  readonly name: string
  /** At most 36 characters. */
  readonly digest: string
  readonly source_type: string
  /** JSON, or any text that identifies the data. */
  readonly source: string
  readonly schema?: string
  readonly profile?: string
}

export interface DatasetInput {
  readonly tags?: readonly Tag[]
  readonly dataset: Dataset
}

export interface ModelOutput {
  readonly model_id: string
  readonly step: number
}

export interface RunRecord {
  readonly info: RunInfo
  /** The latest step of each metric. */
  readonly data: {
    readonly metrics?: readonly Metric[]
    readonly params?: readonly Param[]
    readonly tags?: readonly Tag[]
  }
  readonly inputs?: {
    readonly dataset_inputs?: readonly DatasetInput[]
    readonly model_inputs?: readonly { readonly model_id: string }[]
  }
  readonly outputs?: { readonly model_outputs?: readonly ModelOutput[] }
}

export type LoggedModelStatus = 'LOGGED_MODEL_PENDING' | 'LOGGED_MODEL_READY' | 'LOGGED_MODEL_UPLOAD_FAILED'

export interface LoggedModelRecord {
  readonly info: {
    readonly model_id: string
    readonly experiment_id: string
    readonly name: string
    readonly artifact_uri: string
    readonly status: LoggedModelStatus
    readonly model_type?: string
    readonly source_run_id?: string
    readonly creation_timestamp_ms: number
    readonly last_updated_timestamp_ms: number
    readonly tags?: readonly Tag[]
  }
  readonly data?: { readonly params?: readonly Param[]; readonly metrics?: readonly Metric[] }
}

export interface FileInfo {
  readonly path: string
  readonly is_dir: boolean
  readonly file_size?: number
}

/** JSON has no NaN and infinities; the protocol uses strings for them. */
export const toWireNumber = (value: number): number | string =>
  Number.isFinite(value) ? value : String(value)

export const fromWireMetric = (metric: Metric): Metric => ({ ...metric, value: Number(metric.value) })

export function fromWireRun(run: RunRecord): RunRecord {
  const metrics = run.data?.metrics
  return metrics ? { ...run, data: { ...run.data, metrics: metrics.map(fromWireMetric) } } : run
}

/** Converts `{ a: 1 }` to the key-value rows of the protocol. */
export const toRows = (values: Record<string, unknown>): { key: string; value: string }[] =>
  Object.entries(values).map(([key, value]) => ({ key, value: toText(value) }))

const toText = (value: unknown) =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
