import type { Blobs } from '@cairn/platform/blobs/blobs'
import type { Progress } from '@cairn/platform/protocol/cairn/run-progress'
import type { Client } from '@cairn/platform/protocol/client'
import type { TrackingClient } from '@cairn/sdk/tracking'
import type { TaskLogger } from '../../task-kinds/task.js'
import type { TrainMessage, TrainRequest } from './train-request.js'

/** The context of a training process. Nothing aborts it: its parent kills it. */
export interface TrainingContext {
  readonly request: TrainRequest
  /** Act as the principal of the task, over HTTP. */
  readonly client: Client
  readonly tracking: TrackingClient
  readonly blobs: Blobs
  readonly log: TaskLogger
  progress(progress: Progress): void
  /** Reports each run, so that the parent can end it for a process that dies. */
  onRun(change: Extract<TrainMessage, { started: string } | { ended: string }>): void
}
