import { issueAttemptToken } from '@cairn/platform/auth/attempt-token'
import type { Db } from '@cairn/platform/db/db'
import { ApiError, isTemporary, unlessMissing } from '@cairn/platform/errors'
import type { Log } from '@cairn/platform/jobs/deliver'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import { Semaphore } from '@cairn/platform/processes/semaphore'
import { RunNow } from '@cairn/platform/protocol/databricks/job-runs'
import type { ServiceContext } from '@cairn/platform/service-context'
import { resolveReferences } from '../flow/references.js'
import { settingsOf } from '../flow/run-rows.js'
import { createLookup, valuesByTask } from '../flow/run-values.js'
import { toStorableText } from '../flow/storable-text.js'
import type { Wakeup } from '../flow/wakeup.js'
import { findActor } from '../jobs/actor.js'
import { requireNoCycle } from '../jobs/job-cycles.js'
import type { RunStore } from '../runs/store.js'
import type { JobRunRow, PipelinesSchema } from '../schema.js'
import { type AttemptResult, type Attempts, type ClaimedAttempt, DELEGATED } from './attempts.js'
import { depthOf, newChildToken, requireChildDepth } from './child-depth.js'
import { type DelegatedAttempt, DelegatedAttempts } from './delegated-attempts.js'

export interface ChildRunsOptions {
  readonly db: Db<PipelinesSchema>
  readonly context: ServiceContext
  readonly attempts: Attempts
  readonly runs: RunStore
  readonly wakeup: Wakeup
  readonly log: Log
}

const POLL_MS = 1_000
const AT_ONCE = 4
const TOKEN_SECONDS = 60

/**
 * Starts, watches and stops the runs of other jobs that `run_job_task`s wait for. Any number of processes may do so: a run is
 * started under an idempotency token of its attempt, and the end of an attempt is a conditional update.
 */
export class ChildRuns {
  readonly #options: ChildRunsOptions
  readonly #delegated: DelegatedAttempts
  readonly #permits = new Semaphore(AT_ONCE)
  readonly #poll: PollLoop
  readonly #unsubscribe: () => void

  constructor(options: ChildRunsOptions) {
    const { db, context, wakeup, log } = options
    this.#options = options
    this.#delegated = new DelegatedAttempts(db, context.now)
    this.#poll = new PollLoop({
      turn: () => this.#advanceAll(),
      intervalMs: POLL_MS,
      onError: (error) => log.warn({ err: error }, 'cannot advance the runs of other jobs'),
    })
    this.#unsubscribe = wakeup.subscribe(() => this.#poll.wake())
    this.#poll.start()
  }

  close(): Promise<void> {
    this.#unsubscribe()
    return this.#poll.stop()
  }

  async #advanceAll() {
    const due = await this.#delegated.listDue()
    const changed = await Promise.all(due.map((one) => this.#permits.run(() => this.#attempt(one))))
    if (changed.includes(true)) this.#options.wakeup.notify()
  }

  /** A failure does not block other attempts. */
  async #attempt(attempt: DelegatedAttempt): Promise<boolean> {
    try {
      return await this.#advance(attempt)
    } catch (error) {
      const { task_run_id } = attempt
      this.#options.log.warn({ task_run_id, err: error }, 'cannot advance the run of another job')
      await this.#delegated.postpone(attempt)
      return false
    }
  }

  async #advance(attempt: DelegatedAttempt): Promise<boolean> {
    const { attempts, runs } = this.#options
    if (attempt.child_run_id === null) return this.#start(attempt)
    const run = await runs.get(attempt.child_run_id).catch(unlessMissing)
    if (!run || run.ended_at !== null) return attempts.finish(attempt, DELEGATED, resultOf(run, attempt))
    await runs.stop(run.run_id, 'CANCELED')
    return true
  }

  /** A run that another process started, or this one before a crash, is found by its idempotency token. */
  async #start(attempt: DelegatedAttempt): Promise<boolean> {
    const { attempts, runs } = this.#options
    const claimed = await attempts.read(attempt)
    const { run_job_task } = settingsOf(claimed.run, claimed.task)
    const depth = depthOf(claimed.run) + 1
    const token = await this.#delegated.tokenOf(attempt, newChildToken(depth))
    if (token === undefined) return false
    const known = await this.#delegated.findStarted(run_job_task!.job_id, token)
    if (known === undefined && attempt.stopping)
      return attempts.finish(attempt, DELEGATED, { outcome: 'CANCELED' })
    if (known === undefined && attempt.is_overdue)
      return attempts.finish(attempt, DELEGATED, { outcome: 'TIMEDOUT' })
    try {
      requireChildDepth(depth)
      const child = known ?? (await this.#runNow(claimed, token))
      if (!(await this.#delegated.setChild(attempt, child))) await runs.stop(child, 'CANCELED')
      return true
    } catch (error) {
      if (!(error instanceof ApiError) || isTemporary(error)) throw error
      const failed = { outcome: 'FAILED', error: toStorableText(error.message) } as const
      return attempts.finish(attempt, DELEGATED, failed)
    }
  }

  /** Starts the run with the rights of the principal that the task runs as. */
  async #runNow(claimed: ClaimedAttempt, idempotency_token: string): Promise<number> {
    const { context, db } = this.#options
    const { run, task } = claimed
    const settings = settingsOf(run, task)
    const { job_id, job_parameters = {} } = settings.run_job_task!
    if (run.job_id !== null) await requireNoCycle(db.read, run.job_id, [job_id])
    const lookup = createLookup(claimed, valuesByTask(claimed.outputs))
    const parameters = resolveReferences(job_parameters, lookup, {}) as Record<string, string>
    const actor = await findActor(run, settings, context)
    const { tokens, client } = context
    const { secret, revoke } = await issueAttemptToken(tokens, actor.id, task.task_run_id, TOKEN_SECONDS)
    try {
      const overrides = Object.keys(parameters).length > 0 && { job_parameters: parameters }
      const started = await client(secret)(RunNow, { job_id, idempotency_token, ...overrides })
      return started.run_id
    } finally {
      await revoke()
    }
  }
}

function resultOf(run: JobRunRow | undefined, { is_overdue }: DelegatedAttempt): AttemptResult {
  if (!run) return { outcome: 'FAILED', error: 'The run of the other job was deleted.' }
  const outputs = JSON.stringify({ run_id: run.run_id, result: run.result })
  const kindOutput = JSON.stringify({ run_job_output: { run_id: run.run_id } })
  const output = { outputs, kindOutput }
  if (run.result === 'SUCCESS' || run.result === 'SUCCESS_WITH_FAILURES')
    return { outcome: 'SUCCESS', ...output }
  const error = `Run ${run.run_id} of job ${run.job_id} ended with ${run.result}. ${run.message}`.trim()
  if (run.result !== 'CANCELED') return { outcome: 'FAILED', error, ...output }
  return { outcome: is_overdue ? 'TIMEDOUT' : 'CANCELED', error, ...output }
}
