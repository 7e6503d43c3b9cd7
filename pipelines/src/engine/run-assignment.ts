import { invalid, messageOf } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import type { TaskOutput } from '@cairn/platform/protocol/databricks/job-runs'
import { isNestedDeeper, MAX_NESTING } from '@cairn/platform/protocol/nested'
import { Redactor } from '@cairn/platform/secrets/redactor'
import type { ServiceContext } from '@cairn/platform/service-context'
import { storableNotebook, type WriteNotebook, withoutOutputs } from '../notebooks/executed-notebook.js'
import { redactJson } from '../redaction/redact-json.js'
import type { TaskRegistry } from '../task-kinds/registry.js'
import { StoppedError } from '../task-kinds/stopped-error.js'
import type { AttemptContext, TaskValues } from '../task-kinds/task.js'
import type { TaskHandle } from '../task-kinds/task-kind.js'
import type { Assignment } from './assignment.js'
import { resultOfError } from './attempt-result.js'
import type { AttemptResult } from './attempts.js'
import type { ProgressWriter } from './progress-writer.js'
import { redactedLog } from './redacted-log.js'
import type { TaskLog } from './task-log.js'

/** The process that executes an attempt. */
export interface AttemptHost {
  readonly registry: TaskRegistry
  /** The base URL of the server, for clients with their own transport. */
  readonly serverUrl: string
  readonly client: (token: string) => Client
  /** Absent on a worker over HTTP. */
  readonly services?: ServiceContext
  readonly log: TaskLog
  readonly progress: ProgressWriter
  readonly writeNotebook: WriteNotebook
}

/** How long to wait for a task after its signal was aborted. */
const GRACE_MS = 15_000
/** Databricks' limit. */
const MAX_NOTEBOOK_RESULT = 5 * 1024 * 1024
export const MAX_OUTPUT_BYTES = 256 * 1024

/** Executes an assigned attempt and returns its result. Failures of the task are results. */
export async function runAssignment(
  assignment: Assignment,
  host: AttemptHost,
  stop: AbortController,
): Promise<AttemptResult> {
  const { task, settings } = assignment
  const { progress } = host
  const redactor = new Redactor(assignment.secrets)
  const log = redactedLog(host.log, redactor)
  const { signal } = stop
  const cancelTimer = stopAfter(task.timeout_seconds ?? 0, stop)
  let end: AttemptResult
  let output: TaskOutput | undefined
  try {
    const { kind } = host.registry.get(task)
    const setOutput = (latest: TaskOutput) => {
      output = limitedOutput(redactJson(latest, redactor) as TaskOutput)
    }
    const keepNotebook = async (executed: string | undefined, source: string) => {
      const whole = executed === undefined ? undefined : storableNotebook(executed, assignment.secrets)
      const notebook = whole ?? storableNotebook(withoutOutputs(source), assignment.secrets)
      if (whole === undefined)
        log.warn(
          `The executed notebook is not JSON of at most 5 MiB and ${notebook ? 'is kept without outputs' : 'is not kept'}.`,
        )
      if (notebook !== undefined)
        await host.writeNotebook(notebook).catch((error) => {
          log.setup(`The executed notebook is not kept: ${messageOf(error)}`)
        })
    }
    const context = { ...createContext(assignment, host), log, signal, setOutput, keepNotebook }
    signal.throwIfAborted() // The task would never see an earlier abort event.
    const outputs = await runWithin(kind.start(settings, context), signal)
    end = { outcome: 'SUCCESS', outputs: stringify(redactJson(outputs, redactor) as TaskValues) }
  } catch (error) {
    end = redacted(resultOfError(error, signal, log), redactor)
  } finally {
    cancelTimer()
  }
  await Promise.all([host.log.flush(), progress.flush()])
  return { ...end, ...(output && { kindOutput: JSON.stringify(output) }) }
}

/** Cuts the result of a notebook after redaction, which would not find a cut secret. */
function limitedOutput({ notebook_output, ...output }: TaskOutput): TaskOutput {
  const result = notebook_output?.result
  if (result === undefined || result.length <= MAX_NOTEBOOK_RESULT)
    return { ...output, ...(notebook_output && { notebook_output }) }
  return { ...output, notebook_output: { result: result.slice(0, MAX_NOTEBOOK_RESULT), truncated: true } }
}

const redacted = ({ error, trace, ...end }: AttemptResult, redactor: Redactor): AttemptResult => ({
  ...end,
  ...(error !== undefined && { error: redactor.redact(error) }),
  ...(trace !== undefined && { trace: redactor.redact(trace) }),
})

function createContext(
  { settings: _resolved, token, previous, ...facts }: Assignment,
  { client, serverUrl, services, progress }: AttemptHost,
): Omit<AttemptContext, 'signal' | 'setOutput' | 'keepNotebook' | 'log'> {
  return {
    ...facts,
    previous,
    client: client(token),
    server: { url: serverUrl, token },
    progress: (latest) => progress.set(latest),
    ...(services && { services }),
  }
}

function stopAfter(seconds: number, stop: AbortController): () => void {
  if (seconds === 0) return () => undefined
  const timer = setTimeout(() => stop.abort(new StoppedError('TIMEDOUT')), seconds * 1000)
  return () => clearTimeout(timer)
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
