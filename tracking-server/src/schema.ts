import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { Generated } from 'kysely'
import type { CommentSchema } from './comments/schema.js'
import type { EvaluationSchema } from './evaluation-datasets/schema.js'
import type { IssueSchema } from './issues/schema.js'
import type { MoveSchema } from './moves/schema.js'
import type { RunWordRow, RunWordsFillRow } from './run-names/words.js'
import type { RunViewSchema } from './run-views/schema.js'
import type { ScorerSchema } from './scorers/schema.js'
import type { TraceSchema } from './traces/schema.js'

export interface ExperimentRow {
  experiment_id: number
  name: string
  artifact_location: string
  lifecycle_stage: LifecycleStage
  creation_time: number
  last_update_time: number
}

export type LifecycleStage = 'active' | 'deleted'

export interface RunRow {
  run_id: string
  experiment_id: number
  run_name: string
  user_id: string
  status: string
  start_time: number
  end_time: number | null
  artifact_uri: string
  lifecycle_stage: LifecycleStage
  deleted_time: number | null
  /** Id of the access token that created the run; null without one, and once another caller continued the run. */
  creator_token?: string | null | undefined
}

/** Parameters and tags. */
export interface EntryRow {
  run_id: string
  key: string
  experiment_id: number
  value: string
  /** Increases in the order of first logging. */
  position: number
  /** 1 until the row is in the index by value. */
  fresh: Generated<0 | 1>
}

/** NaN is stored as 0 with `is_nan`, infinities as the largest doubles. */
export interface MetricRow {
  run_id: string
  key: string
  timestamp: number
  step: number
  value: number
  is_nan: 0 | 1
}

/** The points that one request logged to a run, as JSON of `[key, points]` pairs, packed by `metrics/point-codec.ts`. */
export interface MetricBatchRow {
  run_id: string
  position: number
  batch_id: number
  points: string
}

/** Many points of one key; see migrations 0005 and 0010. */
export interface MetricChunkRow {
  run_id: string
  key: string
  first_timestamp: number
  chunk_id: number
  last_timestamp: number
  first_step: number
  last_step: number
  size: number
  min_value: number | null
  max_value: number | null
  latest_timestamp: number
  latest_value: number
  latest_is_nan: 0 | 1
  points: string
  /** Null if the steps are irregular or the chunk is of an older release. */
  stride: number | null
  /** The number of steps of a block, and packed summaries of the blocks; null if the chunk is of an older release. */
  block_width: number | null
  blocks: string | null
}

/** The last point of a key in the order of step, timestamp and value. */
export interface LatestMetricRow extends MetricRow {
  experiment_id: number
  position: number
}

export interface DatasetRow {
  dataset_id: string
  experiment_id: number
  name: string
  digest: string
  source_type: string
  source: string
  schema: string | null
  profile: string | null
}

export interface LoggedModelRow {
  model_id: string
  experiment_id: number
  name: string
  artifact_uri: string
  creation_timestamp_ms: number
  last_updated_timestamp_ms: number
  status: string
  status_message: string | null
  model_type: string | null
  source_run_id: string | null
  lifecycle_stage: LifecycleStage
}

interface ModelEntryRow {
  model_id: string
  key: string
  value: string
  position: number
}

export interface TrackingSchema
  extends TraceSchema,
    EvaluationSchema,
    ScorerSchema,
    IssueSchema,
    RunViewSchema,
    CommentSchema,
    MoveSchema,
    Pick<AuthSchema, 'securables' | 'grants' | 'tokens'> {
  experiments: ExperimentRow
  experiment_tags: { experiment_id: number; key: string; value: string; position: number }
  runs: RunRow
  run_words: RunWordRow
  run_words_fill: RunWordsFillRow
  params: EntryRow
  tags: EntryRow
  metrics: MetricRow
  metric_batches: MetricBatchRow
  metric_chunks: MetricChunkRow
  latest_metrics: LatestMetricRow
  datasets: DatasetRow
  dataset_inputs: { run_id: string; dataset_id: string; position: number }
  dataset_input_tags: { run_id: string; dataset_id: string; key: string; value: string; position: number }
  model_inputs: { run_id: string; model_id: string; position: number }
  model_outputs: { run_id: string; model_id: string; step: number; position: number }
  logged_models: LoggedModelRow
  logged_model_params: ModelEntryRow
  logged_model_tags: ModelEntryRow
  logged_model_metrics: MetricRow & {
    model_id: string
    dataset_name: string
    dataset_digest: string
    position: number
  }
}
