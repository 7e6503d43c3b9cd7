import { enterSecurable } from '@cairn/platform/auth/securables'
import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { Announce } from '@cairn/platform/events/announcer'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { advanceRun } from '../flow/advance.js'
import { lockJob, lockRun, type Tx } from '../flow/run-rows.js'
import { noSuchRun } from '../jobs/securable.js'
import { queueEndNotifications, queueNotifications } from '../notifications/queue.js'
import type { JobRow, JobRunRow, JobTriggerRow, PipelinesSchema, RepairRow, TaskRunRow } from '../schema.js'
import { advanceTrigger } from '../triggers/store.js'
import { TRIGGER_TYPE, type Trigger } from '../triggers/trigger.js'
import { countRuns, initialState, lastNumber, STARTED_STATES } from './capacity.js'
import { forEachSettled } from './for-each-settled.js'
import { ACTIVE_STATES, listRuns, type RunQuery } from './list-runs.js'
import { insertRun, type NewRun } from './new-run.js'
import { type QueuedRun, startableRuns } from './queued-runs.js'

/** The other members are copied from the job. */
type NewRunOfJob = Omit<NewRun, 'job' | 'settings' | 'runName' | 'principalId' | 'writerId'>

/** States of a trigger on data: after its run has started, and while it waits. */
export interface TriggerStates {
  readonly state: string
  readonly waiting: string
}

const STOP_BATCH = 500

/** Job runs. The database rows are the state; the queue and the workers only act on it. */
export class RunStore {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number
  readonly #announce: Announce

  constructor(db: Db<PipelinesSchema>, now: () => number, announce: Announce) {
    this.#db = db
    this.#now = now
    this.#announce = announce
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(runId: number): Promise<JobRunRow> {
    const row = await this.#db.read
      .selectFrom('job_runs')
      .selectAll()
      .where('run_id', '=', runId)
      .executeTakeFirst()
    if (!row) throw noSuchRun(runId)
    return row
  }

  /** The run with the id, or of the task run with the id. @throws RESOURCE_DOES_NOT_EXIST */
  async getOfAny(id: number): Promise<JobRunRow> {
    try {
      return await this.get(id)
    } catch (error) {
      const task = await this.findTask(id)
      if (!task) throw error
      return this.get(task.run_id)
    }
  }

  findTask(taskRunId: number): Promise<TaskRunRow | undefined> {
    return this.#db.read
      .selectFrom('task_runs')
      .selectAll()
      .where('task_run_id', '=', taskRunId)
      .executeTakeFirst()
  }

  /** The task runs of several runs, without iterations; with `history` including those that a repair replaced. */
  tasks(runIds: readonly number[], { history = false } = {}): Promise<TaskRunRow[]> {
    return this.#db.read
      .selectFrom('task_runs')
      .selectAll()
      .where('run_id', 'in', runIds)
      .where('parent_id', 'is', null)
      .$if(!history, (query) => query.where('replaced_by', 'is', null))
      .orderBy('position')
      .orderBy('started_at')
      .execute()
  }

  repairs(runId: number): Promise<RepairRow[]> {
    return this.#db.read
      .selectFrom('job_run_repairs')
      .selectAll()
      .where('run_id', '=', runId)
      .orderBy('start_time')
      .execute()
  }

  list(query: RunQuery) {
    return listRuns(this.#db, query)
  }

  /**
   * Creates a run of a job, or returns the existing run with the same idempotency token.
   *
   * @throws RESOURCE_DOES_NOT_EXIST for a deleted job
   */
  async runJob(job: JobRow, run: NewRunOfJob, queue?: { enabled: boolean }): Promise<JobRunRow> {
    const row = await this.#db.transaction(async (tx) => {
      await lockJob(this.#db, tx, job.job_id)
      const known = await this.#findByKey(tx, run.idempotencyKey)
      return known ?? this.#createOfJob(tx, job, run, queue)
    })
    this.#announceRun(row.run_id)
    return row
  }

  /**
   * Starts the run of a due trigger and advances the trigger, in one transaction. While a run of the job is queued, no other
   * one is added, because the queue would only grow.
   *
   * @param states stored with the trigger; one on data waits while the job has neither a free slot nor a queue
   * @returns undefined if another server was first, the job is gone, a run is queued already, or the trigger waits
   */
  async runTriggered(
    trigger: JobTriggerRow,
    kind: Trigger['kind'],
    states?: TriggerStates,
  ): Promise<JobRunRow | undefined> {
    const row = await this.#db.transaction(async (tx) => {
      await lockJob(this.#db, tx, trigger.job_id)
      const job = await tx
        .selectFrom('jobs')
        .selectAll()
        .where('job_id', '=', trigger.job_id)
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
      const waits = states !== undefined && job !== undefined && (await initialState(tx, job)) === 'SKIPPED'
      const state = waits ? states.waiting : states?.state
      if (!(await advanceTrigger(tx, trigger, this.#now(), state)) || waits) return undefined
      if (!job || (await countRuns(tx, job.job_id, ['QUEUED'])) > 0) return undefined
      return this.#createOfJob(tx, job, {
        creator: job.creator,
        parameters: {},
        triggerType: TRIGGER_TYPE[kind],
      })
    })
    if (row) this.#announceRun(row.run_id)
    return row
  }

  /** Starts, queues or skips a run of a job, whose lock is held. */
  async #createOfJob(tx: Tx, job: JobRow, run: NewRunOfJob, queue?: { enabled: boolean }) {
    const settings = JSON.parse(job.settings) as JobSettings
    const numberInJob = (await lastNumber(tx, job.job_id)) + 1
    const newRun = {
      ...{ ...run, settings, runName: job.name },
      ...{ principalId: job.creator_id, writerId: job.writer_id },
      job: { jobId: job.job_id, numberInJob },
    }
    return this.#create(tx, newRun, await initialState(tx, job, queue))
  }

  /** Starts a one-time run, without a job, or finds the one of its idempotency token. Its creator owns it. */
  async submit(
    run: Omit<NewRun, 'principalId' | 'writerId'> & { readonly owner: string },
  ): Promise<JobRunRow & { readonly isNew: boolean }> {
    const row = await this.#db.transaction(async (tx) => {
      if (run.idempotencyKey) await this.#db.dialect.lock(run.idempotencyKey)?.execute(tx)
      const known = await this.#findByKey(tx, run.idempotencyKey)
      if (known) return { ...known, isNew: false }
      const created = await this.#create(
        tx,
        { ...run, principalId: run.owner, writerId: run.owner },
        'RUNNING',
      )
      const entry = { id: String(created.run_id), name: run.runName, created_at: created.start_time }
      await enterSecurable(tx, { ...entry, type: 'job', owner: run.owner })
      return { ...created, isNew: true }
    })
    this.#announceRun(row.run_id)
    return row
  }

  /** Stops an active run; does nothing for an ended one. */
  async stop(runId: number, reason: 'CANCELED' | 'TIMEDOUT'): Promise<void> {
    await this.get(runId)
    await this.#db.transaction(async (tx) => {
      await lockRun(this.#db, tx, runId)
      const now = this.#now()
      await tx
        .updateTable('job_runs')
        .set({ state: 'TERMINATING', stopping: reason })
        .where('run_id', '=', runId)
        .where('state', 'in', ACTIVE_STATES)
        .where('stopping', 'is', null)
        .execute()
      await advanceRun(tx, runId, now)
    })
    this.#announceRun(runId)
  }

  /**
   * Stops the active runs of a job, or the queued ones of one job or of all, in one statement. The reconciler ends those that
   * no worker has.
   */
  async stopAll({ jobId, onlyQueued }: { jobId: number | undefined; onlyQueued: boolean }): Promise<void> {
    const stopped = await this.#db.transaction((tx) =>
      tx
        .updateTable('job_runs')
        .set({ state: 'TERMINATING', stopping: 'CANCELED' })
        .where('state', 'in', onlyQueued ? ['QUEUED'] : ACTIVE_STATES)
        .where('stopping', 'is', null)
        .$if(jobId !== undefined, (query) => query.where('job_id', '=', jobId!))
        .returning('run_id')
        .execute(),
    )
    for (const { run_id } of stopped) this.#announceRun(run_id)
  }

  /** Ends stopped runs without running tasks. */
  async endStopped(): Promise<void> {
    const stopped = await this.#db.read
      .selectFrom('job_runs')
      .select('run_id')
      .where('state', '=', 'TERMINATING')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('task_runs')
              .select('task_run_id')
              .whereRef('task_runs.run_id', '=', 'job_runs.run_id')
              .where('task_runs.state', '=', 'RUNNING'),
          ),
        ),
      )
      .limit(STOP_BATCH)
      .execute()
    await forEachSettled(stopped, async ({ run_id }) => {
      await this.#db.transaction(async (tx) => {
        await lockRun(this.#db, tx, run_id)
        await advanceRun(tx, run_id, this.#now())
      })
      this.#announceRun(run_id)
    })
  }

  /** Stops runs past their deadline. @returns whether there were any */
  async stopOverdue(): Promise<boolean> {
    const overdue = await this.#db.read
      .selectFrom('job_runs')
      .select('run_id')
      .where('state', '=', 'RUNNING')
      .where('deadline', '<=', this.#now())
      .execute()
    await forEachSettled(overdue, ({ run_id }) => this.stop(run_id, 'TIMEDOUT'))
    return overdue.length > 0
  }

  /** Reports runs that take longer than the health rule of their job, once each. @returns whether there were any */
  async warnSlow(): Promise<boolean> {
    const now = this.#now()
    const slow = await this.#db.read
      .selectFrom('job_runs')
      .select('run_id')
      .where('warn_at', '<=', now)
      .limit(100)
      .execute()
    for (const { run_id } of slow)
      await this.#db.transaction(async (tx) => {
        const run = await tx
          .updateTable('job_runs')
          .set({ warn_at: null })
          .where('run_id', '=', run_id)
          .where('warn_at', '<=', now)
          .returningAll()
          .executeTakeFirst()
        if (run?.state === 'RUNNING')
          await queueNotifications(tx, 'on_duration_warning_threshold_exceeded', run, now)
      })
    return slow.length > 0
  }

  /** Starts queued runs for which their job has a free slot, oldest first. @returns whether any started */
  async startQueued(): Promise<boolean> {
    let started = false
    for (let more = true; more; ) {
      more = false
      await forEachSettled(await startableRuns(this.#db), async (run) => {
        if (!(await this.#startIfFree(run))) return
        this.#announceRun(run.run_id)
        more = true
      })
      started ||= more
    }
    return started
  }

  #announceRun(runId: number) {
    this.#announce({ type: 'job_run', run_id: String(runId) })
  }

  #startIfFree({ run_id, job_id }: QueuedRun): Promise<boolean> {
    return this.#db.transaction(async (tx) => {
      await lockJob(this.#db, tx, job_id)
      await lockRun(this.#db, tx, run_id)
      const queued = await tx
        .selectFrom('job_runs')
        .selectAll()
        .where('run_id', '=', run_id)
        .where('state', '=', 'QUEUED')
        .executeTakeFirst()
      if (!queued) return false
      const limit = (JSON.parse(queued.settings) as JobSettings).max_concurrent_runs ?? 1
      if ((await countRuns(tx, job_id, STARTED_STATES)) >= limit) return false
      await tx.updateTable('job_runs').set({ state: 'RUNNING' }).where('run_id', '=', run_id).execute()
      const row: JobRunRow = { ...queued, state: 'RUNNING' }
      await this.#start(tx, row)
      return true
    })
  }

  async #create(tx: Tx, run: NewRun, state: 'RUNNING' | 'QUEUED' | 'SKIPPED'): Promise<JobRunRow> {
    const isSkipped = state === 'SKIPPED'
    const start = {
      state,
      result: isSkipped ? ('MAXIMUM_CONCURRENT_RUNS_REACHED' as const) : null,
      message: isSkipped
        ? 'The job has reached its maximum of concurrent runs, and its queue is not enabled.'
        : '',
    }
    const row = await insertRun(tx, run, start, this.#now())
    if (state === 'RUNNING') await this.#start(tx, row)
    if (isSkipped) {
      const settings = JSON.stringify(run.settings)
      await queueEndNotifications(tx, { ...row, settings }, this.#now())
    }
    return row
  }

  async #start(tx: Tx, run: JobRunRow) {
    const now = this.#now()
    await tx
      .updateTable('job_runs')
      .set({ started_at: now, ...limitsOf(run, now) })
      .where('run_id', '=', run.run_id)
      .execute()
    await queueNotifications(tx, 'on_start', run, now)
    await advanceRun(tx, run.run_id, now)
  }

  #findByKey(tx: Tx, idempotencyKey: string | undefined): Promise<JobRunRow | undefined> {
    if (!idempotencyKey) return Promise.resolve(undefined)
    return tx
      .selectFrom('job_runs')
      .selectAll()
      .where('idempotency_key', '=', idempotencyKey)
      .executeTakeFirst()
  }
}

/** The deadline of a run that starts now, and the time at which its duration is reported. */
export function limitsOf({ settings }: Pick<JobRunRow, 'settings'>, now: number) {
  const { timeout_seconds = 0, health } = JSON.parse(settings) as JobSettings
  const [rule] = health?.rules ?? []
  return {
    deadline: timeout_seconds > 0 ? now + timeout_seconds * 1000 : null,
    warn_at: rule ? now + rule.value * 1000 : null,
  }
}

/** @throws INVALID_STATE while the run is active */
export function requireEnded(run: JobRunRow) {
  if ((ACTIVE_STATES as readonly string[]).includes(run.state))
    throw new ApiError('INVALID_STATE', `Run ${run.run_id} is still active: cancel it or wait for its end.`)
}
