import type { S3Options } from '@cairn/platform/blobs/s3-client'
import type { ErrorCode } from '@cairn/platform/errors'
import type { Progress } from '@cairn/platform/protocol/cairn/run-progress'
import type { TaskLogger, TaskValues } from '../../task-kinds/task.js'

/** The parameters that all training tasks share. */
export interface TrainOptions {
  /** A kind of model; see `getRecipe`. */
  readonly kind: string
  /** Override the defaults of the kind. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined
  /** The schema of the training data, as `catalog.schema`. */
  readonly schema: string
  /** The experiment of the runs. */
  readonly experiment: string
  /** True to measure a composite without each of its parts, too, as child runs. */
  readonly ablations?: boolean | undefined
}

/** The input of the process of a training task, which has neither the database nor the rights of the server. */
export interface TrainRequest extends TrainOptions {
  /** The base URL of the server, and the token of the attempt. */
  readonly server: { readonly url: string; readonly token: string }
  readonly task: {
    readonly taskRunId: number
    readonly taskKey: string
    readonly runId: number
    readonly principal: string
    /** The run of the trial of a sweep, below which the model's is. */
    readonly mlflowRunId?: string
  }
  /** The store of artifacts and tables. */
  readonly store: { readonly uri: string; readonly s3: S3Options }
  /** A folder for temporary files and copies of remote tables. */
  readonly cache: string
  /** A folder for checkpoints of this model. */
  readonly checkpoints: string
  /** True to train although baselines are missing. */
  readonly withoutBaselines: boolean
}

/** How a training process ends: with the values of the task, or with the baselines to measure first. */
export type TrainOutcome =
  | { readonly values: TaskValues }
  | { readonly missing: readonly string[] }
  | { readonly error: string; readonly code?: ErrorCode }

/** The messages of a training process; an outcome is the last one. */
export type TrainMessage =
  | { readonly progress: Progress }
  | { readonly log: keyof TaskLogger; readonly message: string }
  /** The id of a run. */
  | { readonly started: string }
  | { readonly ended: string }
  | TrainOutcome
