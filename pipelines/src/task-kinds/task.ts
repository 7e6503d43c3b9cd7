import type { Principal } from '@cairn/platform/auth/principal'
import { ApiError } from '@cairn/platform/errors'
import type { Progress } from '@cairn/platform/protocol/cairn/run-progress'
import type { Client } from '@cairn/platform/protocol/client'
import type { TaskOutput } from '@cairn/platform/protocol/databricks/job-runs'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { Static, TSchema } from 'typebox'

/** Small JSON values that a task returns to downstream tasks. */
export type TaskValues = Record<string, unknown>

export interface TaskLogger {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export interface AttemptLogger extends TaskLogger {
  /** A line about the preparation of a process, such as the installation of its packages. Outputs of tasks omit it. */
  setup(message: string): void
}

/** The part of a task context that the engine supplies to every attempt. */
export interface AttemptContext {
  /** Settings as they were when the run started, with references. */
  readonly job: JobSettings
  readonly task: TaskSettings
  /** Job parameters of the run, including defaults. */
  readonly jobParameters: Readonly<Record<string, string>>
  /** The values of upstream tasks to which the settings refer, by task key. */
  readonly values: Readonly<Record<string, TaskValues>>
  /** Environment variables of its process, with the values of secrets. */
  readonly environment: Readonly<Record<string, string>>
  /** The values of its secrets, which must not be stored. */
  readonly secrets: readonly string[]
  /** Calls the other services as the principal of this task. */
  readonly client: Client
  /** For clients with their own transport, such as the SDK. The token is valid until the end of the attempt. */
  readonly server: { readonly url: string; readonly token: string }
  readonly principal: Principal
  /** Id of the principal that wrote the settings of the job, or overrode the owner's; null when it is unknown. */
  readonly writer: string | null
  readonly log: AttemptLogger
  /** May be called often: the latest progress is stored, at most twice per second. */
  progress(progress: Progress): void
  /** Sets what `runs/get-output` shows besides values and logs. It is stored with the end of the attempt. */
  setOutput(output: TaskOutput): void
  /**
   * Stores the executed notebook of Jupyter; its source without outputs if it is too large. A failure to store it does not fail the
   * task.
   *
   * @param executed undefined if it is too large to be read
   */
  keepNotebook(executed: string | undefined, source: string): Promise<void>
  /** Aborts on cancel, timeout, close of the worker and loss of the lease. After 15 s the worker stops waiting for the task. */
  readonly signal: AbortSignal
  /** 1, 2, … within this task run. */
  readonly attempt: number
  readonly taskRunId: number
  readonly taskKey: string
  readonly runId: number
  /** The id of the run for a one-time run. */
  readonly jobId: number
  readonly runName: string
  /** The previous attempt of this task run, or of the one that it repairs, whose results may be reused or undone. */
  readonly previous: { readonly taskRunId: number; readonly attempt: number } | undefined
  /** Absent on a worker that reaches the server over HTTP only. */
  readonly services?: ServiceContext
  /** The run in the tracking server of a trial of a sweep, which is to log its metric there. */
  readonly mlflowRunId?: string
}

/** The context of an attempt in a process that has the database and the stores. */
export type ServerContext = AttemptContext & Required<Pick<AttemptContext, 'services'>>

/** @throws INVALID_STATE on a worker over HTTP, which cannot run such tasks */
export function requireServices<C extends Pick<AttemptContext, 'services' | 'taskKey'>>(
  context: C,
): C & Required<Pick<AttemptContext, 'services'>> {
  const { services } = context
  if (services) return { ...context, services }
  throw new ApiError('INVALID_STATE', `tasks: '${context.taskKey}' runs on the server only.`)
}

export interface TaskContext<Parameters = unknown> extends ServerContext {
  readonly parameters: Parameters
}

/**
 * The implementation of an `entry` of node tasks. `run` must be idempotent per `taskRunId`, because a worker may die at any
 * point.
 */
export interface Task<Parameters extends TSchema = TSchema> {
  /** The name that job settings use, e.g. `movielens/import`. */
  readonly entry: string
  readonly parameters: Parameters
  /** It has no effects besides its values, so that its tasks may have a cache. */
  readonly isPure?: true
  /** Runs on the event loop of the server; move long computations to worker threads. */
  run(context: TaskContext<Static<Parameters>>): Promise<TaskValues>
}

export function defineTask<Parameters extends TSchema>(task: Task<Parameters>): Task<Parameters> {
  return task
}
