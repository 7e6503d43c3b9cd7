import { messageOf } from '@cairn/platform/errors'
import type { Log } from '@cairn/platform/jobs/deliver'
import { type AssignedAttempt, FinishAttempt, ReportAttempt } from '@cairn/platform/protocol/cairn/workers'
import { createClient } from '@cairn/platform/protocol/client'
import type { TaskOutput } from '@cairn/platform/protocol/databricks/job-runs'
import type { Input } from '@cairn/platform/protocol/operation'
import type { AttemptKey, AttemptResult } from '../engine/attempts.js'
import { ProgressWriter } from '../engine/progress-writer.js'
import { runAssignment } from '../engine/run-assignment.js'
import { TaskLog } from '../engine/task-log.js'
import { toStorableText } from '../flow/storable-text.js'
import type { TaskRegistry } from '../task-kinds/registry.js'
import { StoppedError, type StopReason } from '../task-kinds/stopped-error.js'
import { fromWire } from '../workers/assigned-attempt.js'
import { isSameAttempt } from '../workers/worker-attempts.js'
import type { ServerConnection } from './connection.js'

interface RemoteAttemptOptions {
  readonly connection: ServerConnection
  readonly workerId: string
  readonly registry: TaskRegistry
  readonly log: Log
  readonly onEnd: () => void
  /** The time at which the claim was sent; the lease starts no earlier. */
  readonly claimedAt: number
}

/** Characters of an error; the log has all of it. */
const MAX_TEXT = 1024 * 1024

/** An attempt that a worker executes and reports over HTTP. */
export class RemoteAttempt {
  readonly key: AttemptKey
  readonly name: string
  /** Resolves when its end is recorded, or it was lost. */
  readonly done: Promise<void>
  readonly #options: RemoteAttemptOptions
  readonly #stop = new AbortController()
  /** The time of the last request that renewed its lease, by `performance.now`. */
  renewedAt: number
  #isLost = false

  constructor(assigned: AssignedAttempt, options: RemoteAttemptOptions) {
    this.#options = options
    this.renewedAt = options.claimedAt
    this.key = { task_run_id: assigned.task_run_id, attempt: assigned.attempt }
    this.name = `${assigned.task_run_id}-${assigned.attempt}`
    this.done = this.#run(assigned)
      .catch((error) => options.log.error({ ...this.key, err: error }, 'cannot execute an attempt'))
      .finally(options.onEnd)
  }

  isOf(key: AttemptKey): boolean {
    return isSameAttempt(this.key, key)
  }

  stop(reason: StopReason): void {
    this.#stop.abort(new StoppedError(reason))
  }

  /** Ends the task without reporting to the server, where another worker may have taken it over. */
  abandon(): void {
    this.#isLost = true
    this.stop('LOST')
  }

  async #run(assigned: AssignedAttempt) {
    const { connection, registry, log } = this.#options
    const host = {
      registry,
      serverUrl: connection.server,
      client: (token: string) => createClient(connection.server, { token }),
      log: new TaskLog({
        ...{ key: this.key, next: assigned.next_line, log },
        store: (rows) =>
          this.#report({ lines: rows.map(({ task_run_id: _, attempt: __, ...line }) => line) }),
      }),
      progress: new ProgressWriter(this.key, (progress) => this.#report({ progress }), log),
      writeNotebook: (notebook: string) => this.#report({ notebook }),
    }
    const result = await runAssignment(fromWire(assigned), host, this.#stop)
    if (!this.#isLost) await this.#finish(result)
  }

  #report(
    facts: Pick<Input<typeof ReportAttempt>, 'progress' | 'notebook'> & {
      readonly lines?: readonly object[]
    },
  ) {
    const { connection, workerId: worker_id } = this.#options
    const report = { worker_id, ...this.key, ...facts } as Input<typeof ReportAttempt>
    return connection.persist(ReportAttempt, report, () => this.#isLost)
  }

  /** Repeats the request until the server has recorded the end; it records it once. */
  async #finish({ outcome, outputs, kindOutput, error, trace }: AttemptResult) {
    const { connection, workerId: worker_id, log } = this.#options
    const { notebook_output } = (kindOutput ? JSON.parse(kindOutput) : {}) as TaskOutput
    const end = {
      ...{ worker_id, ...this.key, outcome },
      ...(outputs !== undefined && { outputs: JSON.parse(outputs) as Record<string, unknown> }),
      ...(notebook_output && {
        notebook_output: {
          truncated: notebook_output.truncated ?? false,
          result: toStorableText(notebook_output.result ?? ''),
        },
      }),
      ...(error !== undefined && { error: toStorableText(error.slice(0, MAX_TEXT)) }),
      ...(trace !== undefined && { trace: toStorableText(trace.slice(0, MAX_TEXT)) }),
    }
    const isOver = () => this.#isLost
    const { recorded } = await connection.persist(FinishAttempt, end, isOver).catch((failure) => {
      if (this.#isLost || outcome !== 'SUCCESS') throw failure
      const failed = { worker_id, ...this.key, outcome: 'FAILED' as const, error: messageOf(failure) }
      return connection.persist(FinishAttempt, failed, isOver) // The server rejected its values or output.
    })
    if (!recorded) log.warn({ ...this.key }, 'attempt ended after another worker had taken it over')
  }
}
