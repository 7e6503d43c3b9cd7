import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import type { Log } from '@cairn/platform/jobs/deliver'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import { EndRunsOfTokens } from '@cairn/platform/protocol/cairn/unfinished-runs'
import type { ServiceContext } from '@cairn/platform/service-context'
import { type Selectable, sql } from 'kysely'
import { updateAttempt } from '../flow/update-attempt.js'
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
  'task_run_id' | 'attempt' | 'outcome' | 'token_id' | 'token_of' | 'ended_at' | 'runs_end_as'
>

const POLL_MS = 1_000
const PAUSE_MS = 30_000
const BATCH = 500

/**
 * Ends the MLflow runs that the code of failed, stopped and lost attempts left unfinished, and at the end of the job's run those that
 * successful attempts left. It acts as the server, because the principal of a task may have been deactivated. A crash repeats the
 * call, which then finds no unfinished run.
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
    const note = (error: unknown) => failures.push(error)
    const attempts = await this.#list()
    const isLeft = ({ outcome }: EndedAttempt) => outcome === 'SUCCESS'
    // The others do not wait for an attempt whose runs cannot be ended.
    for (const attempt of attempts) if (!isLeft(attempt)) await this.#end(attempt).catch(note)
    const left = groupBy(attempts.filter(isLeft), (one) => `${one.runs_end_as} ${one.ended_at}`)
    for (const group of left.values()) await this.#endLeft(group).catch(note)
    if (failures.length > 0) throw failures[0]
  }

  #list() {
    return this.#db.read
      .selectFrom('task_attempts')
      .innerJoin('task_runs', 'task_runs.task_run_id', 'task_attempts.task_run_id')
      .innerJoin('job_runs', 'job_runs.run_id', 'task_runs.run_id')
      .select([
        'task_attempts.task_run_id',
        'task_attempts.attempt',
        'task_attempts.outcome',
        'token_id',
        'token_of',
      ])
      .select(['runs_end_as', endOfRuns.as('ended_at')])
      .where('runs_end_as', 'is not', null)
      .limit(BATCH)
      .execute()
  }

  async #end(ended: EndedAttempt) {
    const { context } = this.#options
    const { token_id, token_of, ended_at, runs_end_as } = ended
    if (token_id !== null) {
      // The process of a lost worker may still run: without a token it starts no other run.
      await context.tokens.revoke(token_of!, token_id).catch(() => undefined) // It expires anyway.
      await this.#call([token_id], { runs_end_as, ended_at })
    }
    await this.#db.transaction((tx) => updateAttempt(tx, ended).set({ runs_end_as: null }).execute())
  }

  /** Ends the runs of successful attempts of a job's run, whose tokens were revoked before. */
  async #endLeft(attempts: readonly EndedAttempt[]) {
    const tokenIds = attempts.map(({ token_id }) => token_id!)
    await this.#call(tokenIds, attempts[0]!)
    await this.#db.transaction((tx) =>
      tx
        .updateTable('task_attempts')
        .set({ runs_end_as: null })
        .where('runs_end_as', 'is not', null)
        .where('token_id', 'in', tokenIds)
        .execute(),
    )
  }

  async #call(
    token_ids: string[],
    { runs_end_as, ended_at }: Pick<EndedAttempt, 'runs_end_as' | 'ended_at'>,
  ): Promise<void> {
    const { context, log } = this.#options
    const end = { token_ids, status: runs_end_as!, end_time: ended_at! }
    await context
      .client()(EndRunsOfTokens, end)
      .catch((error: unknown) => {
        if (!isRefusal(error)) throw error
        log.warn({ err: error, token_ids }, 'the tracking server does not end the runs of attempts')
      })
  }
}

/** Runs that a successful attempt left end with the run of the job. */
const endOfRuns = sql<number>`case when task_attempts.outcome = 'SUCCESS'
  then coalesce(job_runs.ended_at, task_attempts.ended_at) else task_attempts.ended_at end`
