import type { Principal } from '@cairn/platform/auth/principal'
import type { Client } from '@cairn/platform/protocol/client'
import type { Progress } from '@cairn/platform/protocol/job-runs'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { Static, TSchema } from 'typebox'

/** Small JSON that a task hands to those after it. */
export type TaskValues = Record<string, unknown>

export interface TaskLogger {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export interface TaskContext<Parameters = unknown> {
  readonly parameters: Parameters
  /** What the tasks before this one returned, by task key. */
  readonly values: Readonly<Record<string, TaskValues>>
  /** Calls the other services as the principal of this task. */
  readonly client: Client
  /** For clients that bring their own transport, such as the SDK. The token lives as long as the attempt. */
  readonly server: { readonly url: string; readonly token: string }
  readonly principal: Principal
  readonly log: TaskLogger
  /** Cheap to call often: at most two writes a second, and the last one counts. */
  progress(progress: Progress): void
  /** Fires on cancel, timeout, close of the worker and loss of the lease. Stop soon: after 10 s the task is left behind. */
  readonly signal: AbortSignal
  /** 1, 2, … within this task run. */
  readonly attempt: number
  readonly taskRunId: number
  readonly taskKey: string
  readonly runId: number
  /** The attempt before this one, of this task run or of the one it repairs: what it left behind may be used or undone. */
  readonly previous: { readonly taskRunId: number; readonly attempt: number } | undefined
  readonly services: ServiceContext
}

/**
 * A task implementation. A worker may die at any point, so that what `run` does twice under one `taskRunId` has to come
 * to the same as doing it once.
 */
export interface Task<Parameters extends TSchema = TSchema> {
  /** The name that job settings use, e.g. `movielens/import`. */
  readonly entry: string
  readonly parameters: Parameters
  /** Long arithmetic belongs on worker threads: this runs on the event loop of the server. */
  run(context: TaskContext<Static<Parameters>>): Promise<TaskValues>
}

export function defineTask<Parameters extends TSchema>(task: Task<Parameters>): Task<Parameters> {
  return task
}
