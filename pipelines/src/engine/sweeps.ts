import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '@cairn/platform/db/db'
import { messageOf } from '@cairn/platform/errors'
import type { Announce } from '@cairn/platform/events/announcer'
import type { Log } from '@cairn/platform/jobs/deliver'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import { Semaphore } from '@cairn/platform/processes/semaphore'
import type { Sweep } from '@cairn/platform/protocol/databricks/sweeps'
import type { ServiceContext } from '@cairn/platform/service-context'
import { settingsOf } from '../flow/run-rows.js'
import { toStorableText } from '../flow/storable-text.js'
import type { Wakeup } from '../flow/wakeup.js'
import { jobTags } from '../run-tags.js'
import type { JobRunRow, PipelinesSchema, TaskRunRow } from '../schema.js'
import { findPruning, Medians } from '../sweeps/median-rule.js'
import { type EndStatus, isRefusal, isUnauthenticated, type NewMlflowRun } from '../sweeps/mlflow-runs.js'
import { endSweep } from './end-sweep.js'
import { SWEEP_BATCH, SweepRows } from './sweep-rows.js'
import { type SweepSession, SweepSessions } from './sweep-sessions.js'

interface SweepsOptions {
  readonly db: Db<PipelinesSchema>
  readonly context: ServiceContext
  readonly wakeup: Wakeup
  readonly log: Log
}

interface OpenSweep {
  readonly run: JobRunRow
  readonly row: TaskRunRow
  readonly sweep: Sweep
  readonly concurrency: number
  readonly session: SweepSession
}

const POLL_MS = 1_000
const MAX_PAUSE_MS = 8_000
const AT_ONCE = 4
const MAX_MESSAGE = 4_000

const STATUS: Partial<Record<NonNullable<TaskRunRow['result']>, EndStatus>> = {
  SUCCESS: 'FINISHED',
  PRUNED: 'KILLED',
  CANCELED: 'KILLED',
}

/**
 * Creates and ends the MLflow runs of sweeps and trials. Trials wait for their run, a sweep for the metrics of its trials.
 * Any number of processes may do so: each change of a row is conditional.
 */
export class Sweeps {
  readonly #options: SweepsOptions
  readonly #rows: SweepRows
  readonly #sessions: SweepSessions
  readonly #permits = new Semaphore(AT_ONCE)
  readonly #sweepPermits = new Semaphore(AT_ONCE)
  /** By the id of the sweep. */
  readonly #backOffs = new Map<number, { readonly pause: number; readonly until: number }>()
  readonly #poll: PollLoop
  readonly #unsubscribe: () => void
  readonly #announce: Announce

  constructor(options: SweepsOptions) {
    const { db, context, wakeup, log } = options
    this.#options = options
    this.#announce = context.events.announce
    this.#rows = new SweepRows(db, context.now)
    this.#sessions = new SweepSessions(context)
    this.#poll = new PollLoop({
      turn: () => this.#advanceAll(),
      intervalMs: POLL_MS,
      onError: (error) => log.warn({ err: error }, 'cannot advance sweeps'),
    })
    this.#unsubscribe = wakeup.subscribe(() => this.#poll.wake())
    this.#poll.start()
  }

  async close(): Promise<void> {
    this.#unsubscribe()
    await this.#poll.stop()
    await this.#sessions.close()
  }

  async #advanceAll() {
    for (let after: number | undefined = 0; after !== undefined; ) {
      const sweeps = await this.#rows.list(after)
      await Promise.all(sweeps.map((row) => this.#sweepPermits.run(() => this.#try(row))))
      after = sweeps.length < SWEEP_BATCH ? undefined : sweeps.at(-1)!.task_run_id
    }
  }

  /** Retries a failed sweep with back-off, without delaying others. */
  async #try(row: TaskRunRow): Promise<void> {
    const { task_run_id: id } = row
    const before = this.#backOffs.get(id)
    if (before && before.until > Date.now()) return
    try {
      await this.#attempt(row)
      this.#backOffs.delete(id)
    } catch (error) {
      this.#options.log.warn({ err: error, task_run_id: id }, 'cannot advance a sweep')
      const pause = Math.min(2 * (before?.pause ?? POLL_MS / 2), MAX_PAUSE_MS)
      this.#backOffs.set(id, { pause, until: Date.now() + pause })
    }
  }

  /** A sweep fails if the tracking server denies its principal; other failures are retried. */
  async #attempt(row: TaskRunRow): Promise<void> {
    const run = await this.#rows.run(row)
    if (row.state !== 'TERMINATED' && run.stopping) return this.#rows.stop(row)
    if (row.state !== 'TERMINATED' && row.stopping) return // Its running trials are ending.
    try {
      const { sweep, concurrency = 1 } = settingsOf(run, row).for_each_task!
      const session = await this.#sessions.get(run, row)
      await this.#advance({ run, row, sweep: sweep!, concurrency, session })
    } catch (error) {
      if (isUnauthenticated(error)) await this.#sessions.end(row.task_run_id) // The next one has a new token.
      if (!isRefusal(error)) throw error
      await this.#sessions.end(row.task_run_id)
      if (row.state === 'TERMINATED') await this.#abandon(row)
      else await this.#rows.fail(row, toStorableText(messageOf(error).slice(0, MAX_MESSAGE)))
      this.#changed(row)
    }
  }

  async #advance(open: OpenSweep): Promise<void> {
    const { row, session } = open
    if (row.state === 'TERMINATED') return this.#close(open)
    const parentId = row.mlflow_run_id ?? (await this.#createParent(open))
    if (parentId === null) return
    const trials = await this.#rows.openTrials(row.task_run_id)
    const ended = trials.filter(({ state }) => state === 'TERMINATED')
    await this.#each(ended, (trial) => this.#closeTrial(open, trial))
    const active = trials.filter(({ state }) => state !== 'TERMINATED')
    const next = await this.#rows.nextTrials(row.task_run_id, Math.max(0, open.concurrency - active.length))
    await this.#each(next, (trial) => this.#createTrial(open, parentId, trial))
    if (next.length > 0 || active.some(({ state }) => state === 'BLOCKED')) {
      await this.#rows.advance(row)
      if (next.length > 0) this.#changed(row) // Otherwise a trial waits for another to end, and a notification would spin this loop.
    } else if (active.length === 0) {
      await endSweep(this.#rows, { row, sweep: open.sweep, session, parentId })
      this.#changed(row)
    } else await this.#prune(open, active)
  }

  #changed({ run_id }: TaskRunRow) {
    this.#announce({ type: 'job_run', run_id: String(run_id) })
    this.#options.wakeup.notify()
  }

  #each(trials: readonly TaskRunRow[], work: (trial: TaskRunRow) => Promise<unknown>) {
    return Promise.all(trials.map((trial) => this.#permits.run(() => work(trial))))
  }

  #createParent({ run, row, sweep, session }: OpenSweep): Promise<string | null> {
    const { method, objective } = sweep
    return this.#create(row, session, {
      ...{ name: row.task_key, parameters: { method, metric: objective.metric, goal: objective.goal } },
      tags: { 'cairn.sweep': method, ...tagsOf(run) },
    })
  }

  #createTrial(
    { run, row, session }: OpenSweep,
    parentId: string,
    trial: TaskRunRow,
  ): Promise<string | null> {
    return this.#create(trial, session, {
      name: `${row.task_key} ${trial.iteration! + 1}`,
      parameters: JSON.parse(trial.input!) as Record<string, unknown>,
      tags: { 'mlflow.parentRunId': parentId, ...tagsOf(run) },
    })
  }

  async #create(
    row: TaskRunRow,
    { mlflow, experimentId, user }: SweepSession,
    { name, parameters, tags }: Pick<NewMlflowRun, 'name' | 'parameters' | 'tags'>,
  ): Promise<string | null> {
    const { task_run_id: taskRunId } = row
    const created = await mlflow.create({ taskRunId, experimentId, user, name, parameters, tags })
    const stored = await this.#rows.setMlflowRun(row, created)
    if (stored !== created) await mlflow.discard(created)
    return stored
  }

  async #closeTrial(open: OpenSweep, trial: TaskRunRow): Promise<void> {
    const { session } = open
    const runId = trial.mlflow_run_id!
    const objective = await this.#readObjective(open, trial)
    const pruned = trial.result === 'PRUNED' ? { 'cairn.pruned': 'true' } : {}
    await session.mlflow.end(runId, STATUS[trial.result!] ?? 'FAILED', pruned)
    await this.#rows.close(trial, objective)
  }

  /** The metric of a trial; otherwise its value of that name, which is then logged as the metric. */
  async #readObjective({ sweep, session }: OpenSweep, trial: TaskRunRow): Promise<number | undefined> {
    const [runId, { metric }] = [trial.mlflow_run_id!, sweep.objective]
    const logged = await session.mlflow.readMetric(runId, metric)
    const value = (JSON.parse(trial.outputs ?? '{}') as Record<string, unknown>)[metric]
    if (logged !== undefined || typeof value !== 'number') return logged
    await session.mlflow.logMetric(runId, metric, value)
    return value
  }

  /** Ends the runs of a sweep that has ended. */
  async #close(open: OpenSweep): Promise<void> {
    const { row, session } = open
    const trials = await this.#rows.openTrials(row.task_run_id)
    await this.#each(trials, (trial) => this.#closeTrial(open, trial))
    // A repair continues the run of the sweep.
    if (row.mlflow_run_id && row.replaced_by === null)
      await session.mlflow.end(row.mlflow_run_id, STATUS[row.result!] ?? 'FAILED')
    await this.#abandon(row)
  }

  /** Gives up the MLflow runs of an ended sweep. */
  async #abandon(row: TaskRunRow): Promise<void> {
    await this.#rows.closeAll(row)
    await this.#sessions.end(row.task_run_id)
  }

  async #prune({ row, sweep, session }: OpenSweep, active: readonly TaskRunRow[]): Promise<void> {
    const { early_stop, objective } = sweep
    const running = active.filter(({ state, stopping }) => state === 'RUNNING' && stopping === null)
    if (!early_stop || running.length === 0 || session.comparedAt + POLL_MS > Date.now()) return
    session.comparedAt = Date.now()
    const succeeded = await this.#rows.succeeded(row.task_run_id)
    if (succeeded.length < (early_stop.min_trials ?? 5)) return
    const unread = succeeded.filter((id) => !session.histories.has(id))
    const ids = [...running.map((trial) => trial.mlflow_run_id!), ...unread]
    const read = await session.mlflow.histories(ids, objective.metric)
    for (const id of unread) session.histories.set(id, read.get(id) ?? [])
    const medians = new Medians(succeeded.map((id) => session.histories.get(id)!))
    for (const trial of running) {
      const history = read.get(trial.mlflow_run_id!) ?? []
      const found = findPruning(history, medians, objective.goal, early_stop)
      if (found) await this.#rows.prune(trial, describePruning(found, succeeded.length))
      await nextTurn()
    }
  }
}

const tagsOf = (run: JobRunRow) => jobTags(run.job_id ?? run.run_id, run.run_id)

const describePruning = (found: { step: number; value: number; median: number }, trials: number) =>
  `Pruned at step ${found.step}: ${found.value} is worse than ${found.median}, the median of ${trials} trials.`
