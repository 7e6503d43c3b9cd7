import { attemptTokenLabel } from '@cairn/platform/auth/attempt-token'
import type { Principal } from '@cairn/platform/auth/principal'
import type { Db } from '@cairn/platform/db/db'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { Log } from '@cairn/platform/jobs/deliver'
import type { TaskOutput } from '@cairn/platform/protocol/job-runs'
import type { JobSettings } from '@cairn/platform/protocol/jobs'
import { isNestedDeeper, MAX_NESTING } from '@cairn/platform/protocol/nested'
import type { TaskSettings } from '@cairn/platform/protocol/task-settings'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { PipelinesSchema } from '../schema.js'
import { findActor } from './actor.js'
import type { AttemptResult, Attempts, ClaimedAttempt } from './attempts.js'
import { ProgressWriter } from './progress-writer.js'
import { resolveReferences, withoutLiterals } from './references.js'
import type { KindOfTask, TaskRegistry } from './registry.js'
import { settingsOf } from './run-rows.js'
import { createLookup, valuesByTask } from './run-values.js'
import { StoppedError, type StopReason } from './stopped-error.js'
import { toStorableText } from './storable-text.js'
import type { AttemptContext, TaskValues } from './task.js'
import { TaskFailure } from './task-failure.js'
import type { TaskHandle } from './task-kind.js'
import { TaskLog } from './task-log.js'

export interface ExecutionOptions {
  readonly context: ServiceContext
  readonly db: Db<PipelinesSchema>
  readonly attempts: Attempts
  readonly registry: TaskRegistry
  /** The base URL of the server, for clients with their own transport. */
  readonly serverUrl: () => string
  readonly log: Log
}

/** How long to wait for a task after its signal was aborted. */
const GRACE_MS = 15_000
const MAX_OUTPUT_BYTES = 256 * 1024
const TOKEN_SECONDS = 7 * 24 * 3600

/** Executes a claimed attempt and returns its result, without recording it. Failures of the task are results. */
export async function execute(
  claimed: ClaimedAttempt,
  execution: ExecutionOptions,
  stop: AbortController,
): Promise<AttemptResult> {
  const key = { task_run_id: claimed.task.task_run_id, attempt: claimed.attempt }
  const log = await TaskLog.open(execution.db, key, execution.log)
  const progress = new ProgressWriter(execution.db, key, execution.log)
  const settings = settingsOf(claimed.run, claimed.task)
  const cancelTimer = stopAfter(settings.timeout_seconds ?? 0, stop)
  let end: AttemptResult
  let output: TaskOutput | undefined
  try {
    const outputs = await withToken(claimed, settings, execution, (principal, token) => {
      const kind = execution.registry.get(settings)
      const context = createContext(claimed, settings, execution, {
        ...{ principal, token, log, progress, signal: stop.signal },
        setOutput: (latest) => {
          output = latest
        },
      })
      stop.signal.throwIfAborted() // The task would never see an earlier abort event.
      return runWithin(kind.kind.start(resolve(kind, claimed, context), context), stop.signal)
    })
    end = { outcome: 'SUCCESS', outputs: stringify(outputs) }
  } catch (error) {
    end = failedResult(error, stop.signal)
    log.error(error instanceof TaskFailure ? end.error! : (end.trace ?? end.error!))
  } finally {
    cancelTimer()
  }
  await Promise.all([log.flush(), progress.flush()])
  return { ...end, ...(output && { kindOutput: JSON.stringify(output) }) }
}

function stopAfter(seconds: number, stop: AbortController): () => void {
  if (seconds === 0) return () => undefined
  const timer = setTimeout(() => stop.abort(new StoppedError('TIMEDOUT')), seconds * 1000)
  return () => clearTimeout(timer)
}

interface AttemptResources extends Pick<AttemptContext, 'principal' | 'signal' | 'setOutput'> {
  readonly token: string
  readonly log: TaskLog
  readonly progress: ProgressWriter
}

function createContext(
  claimed: ClaimedAttempt,
  settings: TaskSettings,
  { context, serverUrl }: ExecutionOptions,
  { token, progress, ...resources }: AttemptResources,
): AttemptContext {
  const { run, task, attempt } = claimed
  return {
    ...resources,
    job: JSON.parse(run.settings) as JobSettings,
    task: settings,
    jobParameters: JSON.parse(run.parameters) as Record<string, string>,
    values: valuesByTask(claimed.outputs),
    client: context.client(token),
    server: { url: serverUrl(), token },
    writer: run.writer_id,
    progress: (latest) => progress.set(latest),
    attempt,
    taskRunId: task.task_run_id,
    taskKey: task.task_key,
    runId: run.run_id,
    jobId: run.job_id ?? run.run_id,
    runName: run.run_name,
    previous: previousOf(claimed),
    mlflowRunId: task.mlflow_run_id ?? undefined,
    services: context,
  }
}

/** The settings of the kind with the values of references. */
function resolve({ kind, settings }: KindOfTask, claimed: ClaimedAttempt, { values }: AttemptContext) {
  const resolved = resolveReferences(withoutLiterals(settings, kind), createLookup(claimed, values), kind)
  return { ...settings, ...(resolved as object) } as KindOfTask['settings']
}

function previousOf({ task, attempt }: ClaimedAttempt) {
  if (attempt > 1) return { taskRunId: task.task_run_id, attempt: attempt - 1 }
  return task.previous_id === null ? undefined : { taskRunId: task.previous_id, attempt: 1 }
}

/** Issues a token of the principal that the task runs as, and revokes it after the attempt. */
async function withToken<T>(
  { run, task, attempt }: ClaimedAttempt,
  settings: TaskSettings,
  { context, attempts }: ExecutionOptions,
  work: (principal: Principal, token: string) => Promise<T>,
): Promise<T> {
  const principal = await findActor(run, settings, context)
  const seconds = settings.timeout_seconds ? settings.timeout_seconds + 60 : TOKEN_SECONDS
  const label = attemptTokenLabel(task.task_run_id)
  const { secret, token } = await context.tokens.issue(principal.id, label, { seconds })
  try {
    await attempts.setToken(
      { task_run_id: task.task_run_id, attempt },
      { token_id: token.id, token_of: principal.id },
    )
    return await work({ id: principal.id, type: principal.type, name: principal.name }, secret)
  } finally {
    await context.tokens.revoke(principal.id, token.id).catch(() => undefined) // It expires anyway.
  }
}

/** Waits for the task, but after an abort of its signal for `GRACE_MS` at most. */
function runWithin(handle: TaskHandle, signal: AbortSignal): Promise<TaskValues> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const onStop = () => {
      timer = setTimeout(() => reject(signal.reason), GRACE_MS)
      handle.cancel(signal.reason)
    }
    if (signal.aborted) onStop()
    else signal.addEventListener('abort', onStop, { once: true })
    handle
      .wait()
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onStop)
      })
  })
}

function stringify(outputs: TaskValues): string {
  if (isNestedDeeper(outputs))
    throw invalid(`The task returned values that are nested more than ${MAX_NESTING} levels deep.`)
  const text = JSON.stringify(outputs ?? {})
  if (text.length > MAX_OUTPUT_BYTES)
    throw invalid(
      `The task returned ${text.length} bytes of values; the limit is ${MAX_OUTPUT_BYTES}. Store the data and return their location.`,
    )
  return text
}

function failedResult(error: unknown, signal: AbortSignal): AttemptResult {
  if (signal.aborted) {
    const reason: StopReason = signal.reason instanceof StoppedError ? signal.reason.reason : 'INTERRUPTED'
    return { outcome: reason, error: (signal.reason as Error).message }
  }
  if (error instanceof TaskFailure)
    return { outcome: 'FAILED', error: toStorableText(error.message), trace: toStorableText(error.output) }
  if (!(error instanceof Error)) return { outcome: 'FAILED', error: toStorableText(String(error)) }
  // The message of an ApiError is complete without a stack trace.
  return {
    outcome: 'FAILED',
    error: toStorableText(error.message),
    ...(!(error instanceof ApiError) && error.stack && { trace: toStorableText(error.stack) }),
  }
}
