import type { Db } from '@cairn/platform/db/db'
import type { Log } from '@cairn/platform/jobs/deliver'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import { EndRunsOfToken } from '@cairn/platform/protocol/unfinished-runs'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { Selectable } from 'kysely'
import type { Wakeup } from '../flow/wakeup.js'
import type { PipelinesSchema, TaskAttemptRow } from '../schema.js'
import { isRefusal } from '../sweeps/mlflow-runs.js'

interface UnfinishedRunsOptions {
  readonly context: ServiceContext
  readonly wakeup: Wakeup
  readonly log: Log
}

type EndedAttempt = Pick<
  Selectable<TaskAttemptRow>,
  'task_run_id' | 'attempt' | 'token_id' | 'token_of' | 'ended_at' | 'runs_end_as'
>

const POLL_MS = 1_000
const PAUSE_MS = 30_000
const BATCH = 100

/**
 * Ends the MLflow runs that the code of failed, stopped and lost attempts left unfinished. It acts as the server, because
 * the principal of a task may have been deactivated. A crash repeats the call, which then finds no unfinished run.
 */
export class UnfinishedRuns {
  readonly #options: UnfinishedRunsOptions
  readonly #db: Db<PipelinesSchema>
  readonly #poll: PollLoop
  readonly #unsubscribe: () => void
  #pausedUntil = 0

  constructor(options: UnfinishedRunsOptions) {
    const { context, wakeup, log } = options
    this.#options = options
    this.#db = context.db.for<PipelinesSchema>()
    this.#poll = new PollLoop({
      turn: () => this.#endAll(),
      intervalMs: POLL_MS,
      onError: (error) => {
        this.#pausedUntil = performance.now() + PAUSE_MS
        log.warn({ err: error }, 'cannot end the runs of attempts')
      },
    })
    this.#unsubscribe = wakeup.subscribe(() => this.#poll.wake())
  }

  start(): void {
    this.#poll.start()
  }

  close(): Promise<void> {
    this.#unsubscribe()
    return this.#poll.stop()
  }

  async #endAll() {
    if (performance.now() < this.#pausedUntil) return
    const failures: unknown[] = []
    // The others do not wait for an attempt whose runs cannot be ended.
    for (const attempt of await this.#list())
      await this.#end(attempt).catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }

  #list() {
    return this.#db.read
      .selectFrom('task_attempts')
      .select(['task_run_id', 'attempt', 'token_id', 'token_of', 'ended_at', 'runs_end_as'])
      .where('runs_end_as', 'is not', null)
      .limit(BATCH)
      .execute()
  }

  async #end({ task_run_id, attempt, token_id, token_of, ended_at, runs_end_as }: EndedAttempt) {
    const { context, log } = this.#options
    if (token_id !== null) {
      // The process of a lost worker may still run: without a token it starts no other run.
      await context.tokens.revoke(token_of!, token_id).catch(() => undefined)
      const end = { token_id, status: runs_end_as!, end_time: ended_at! }
      await context
        .client()(EndRunsOfToken, end)
        .catch((error: unknown) => {
          if (!isRefusal(error)) throw error
          log.warn({ err: error, task_run_id }, 'the tracking server does not end the runs of an attempt')
        })
    }
    await this.#db.transaction((tx) =>
      tx
        .updateTable('task_attempts')
        .set({ runs_end_as: null })
        .where('task_run_id', '=', task_run_id)
        .where('attempt', '=', attempt)
        .execute(),
    )
  }
}
