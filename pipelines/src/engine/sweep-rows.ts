import type { Db } from '@cairn/platform/db/db'
import type { Sweep } from '@cairn/platform/protocol/databricks/sweeps'
import { advanceRun } from '../flow/advance.js'
import { advanceLoop } from '../flow/loop.js'
import { getRun, lockRun, type Tx } from '../flow/run-rows.js'
import type { JobRunRow, PipelinesSchema, TaskRunRow } from '../schema.js'

/** The limit of rows that one query returns. */
export const SWEEP_BATCH = 200
/** The number of succeeded trials in the median. */
const COMPARED = 1_000

export interface BestTrial extends Pick<TaskRunRow, 'task_run_id'> {
  readonly iteration: number
  readonly input: string
  readonly mlflow_run_id: string
  readonly objective: number
}

/** Rows of sweeps and trials whose run in the tracking server is to be created or ended. */
export class SweepRows {
  readonly #db: Db<PipelinesSchema>
  readonly #now: () => number

  constructor(db: Db<PipelinesSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** @param after the id of the last one of the previous page, or 0 */
  list(after: number): Promise<TaskRunRow[]> {
    return this.#db.read
      .selectFrom('task_runs')
      .selectAll()
      .where('mlflow_state', '=', 'open')
      .where('parent_id', 'is', null)
      .where('task_run_id', '>', after)
      .orderBy('task_run_id')
      .limit(SWEEP_BATCH)
      .execute()
  }

  run({ run_id }: TaskRunRow): Promise<JobRunRow> {
    return getRun(this.#db.read, run_id)
  }

  /** The trials with an open MLflow run. */
  openTrials(sweepId: number): Promise<TaskRunRow[]> {
    return this.#openTrials(sweepId).where('mlflow_run_id', 'is not', null).execute()
  }

  /** The next trials without an MLflow run. */
  nextTrials(sweepId: number, count: number): Promise<TaskRunRow[]> {
    return this.#openTrials(sweepId)
      .where('mlflow_run_id', 'is', null)
      .where('state', '=', 'BLOCKED')
      .orderBy('iteration')
      .limit(count)
      .execute()
  }

  #openTrials(sweepId: number) {
    return this.#db.read
      .selectFrom('task_runs')
      .selectAll()
      .where('mlflow_state', '=', 'open')
      .where('parent_id', '=', sweepId)
  }

  /** The runs of the trials that succeeded latest. */
  async succeeded(sweepId: number): Promise<string[]> {
    const rows = await this.#db.read
      .selectFrom('task_runs')
      .select('mlflow_run_id')
      .where('parent_id', '=', sweepId)
      .where('state', '=', 'TERMINATED')
      .where('result', '=', 'SUCCESS')
      .where('mlflow_run_id', 'is not', null)
      .orderBy('iteration', 'desc')
      .limit(COMPARED)
      .execute()
    return rows.map((row) => row.mlflow_run_id!)
  }

  async best(sweepId: number, goal: Sweep['objective']['goal']): Promise<BestTrial | undefined> {
    const row = await this.#db.read
      .selectFrom('task_runs')
      .select(['task_run_id', 'iteration', 'input', 'mlflow_run_id', 'objective'])
      .where('parent_id', '=', sweepId)
      .where('state', '=', 'TERMINATED')
      .where('result', '=', 'SUCCESS')
      .where('objective', 'is not', null)
      .where('mlflow_run_id', 'is not', null)
      .orderBy('objective', goal === 'maximize' ? 'desc' : 'asc')
      .orderBy('iteration')
      .limit(1)
      .executeTakeFirst()
    return row as BestTrial | undefined
  }

  /** @returns the run that the task has now: another one if another process was first, null if the task has ended */
  setMlflowRun({ task_run_id }: TaskRunRow, runId: string): Promise<string | null> {
    return this.#db.transaction(async (tx) => {
      const row = await tx
        .updateTable('task_runs')
        .set((eb) => ({ mlflow_run_id: eb.fn.coalesce('mlflow_run_id', eb.val(runId)) }))
        .where('task_run_id', '=', task_run_id)
        .where('state', '!=', 'TERMINATED')
        .returning('mlflow_run_id')
        .executeTakeFirst()
      return row?.mlflow_run_id ?? null
    })
  }

  /** Marks the MLflow run of a sweep or trial as ended. */
  async close({ task_run_id }: TaskRunRow, objective?: number): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .updateTable('task_runs')
        .set({ mlflow_state: null, ...(objective !== undefined && { objective }) })
        .where('task_run_id', '=', task_run_id)
        .execute(),
    )
  }

  /** Marks a sweep and its trials as done. */
  async closeAll({ task_run_id }: TaskRunRow): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .updateTable('task_runs')
        .set({ mlflow_state: null })
        .where('mlflow_state', '=', 'open')
        .where((eb) => eb.or([eb('task_run_id', '=', task_run_id), eb('parent_id', '=', task_run_id)]))
        .execute(),
    )
  }

  /** Asks a running trial to end. Its worker does so. */
  async prune({ task_run_id }: TaskRunRow, message: string): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .updateTable('task_runs')
        .set({ stopping: 'PRUNED', message })
        .where('task_run_id', '=', task_run_id)
        .where('state', '=', 'RUNNING')
        .where('stopping', 'is', null)
        .execute(),
    )
  }

  /** Starts trials that have a run. */
  advance(sweep: TaskRunRow): Promise<void> {
    return this.#whileRunning(sweep, async (tx, run, current, now) => {
      await advanceLoop(tx, run, current, now)
    })
  }

  /** Ends a failed sweep and its trials. */
  fail(sweep: TaskRunRow, message: string): Promise<void> {
    return this.#whileRunning(sweep, async (tx, run, current, now) => {
      const stopping = { stopping: 'FAILED', message } as const
      await tx.updateTable('task_runs').set(stopping).where('task_run_id', '=', sweep.task_run_id).execute()
      await tx
        .updateTable('task_runs')
        .set({ stopping: 'CANCELED', message })
        .where('parent_id', '=', sweep.task_run_id)
        .where('state', '=', 'RUNNING')
        .execute()
      const ended = await advanceLoop(tx, run, { ...current, ...stopping }, now)
      if (ended.state === 'TERMINATED') await advanceRun(tx, run.run_id, now)
    })
  }

  /** Ends the sweep of a run that is being stopped, once no trial runs. */
  stop({ run_id }: TaskRunRow): Promise<void> {
    return this.#db.transaction(async (tx) => {
      await lockRun(this.#db, tx, run_id)
      await advanceRun(tx, run_id, this.#now())
    })
  }

  /** Ends a sweep after its trials and their MLflow runs, unless another process has started a trial. */
  finish(
    sweep: TaskRunRow,
    end: (tx: Tx, current: TaskRunRow, now: number) => Promise<unknown>,
  ): Promise<void> {
    return this.#whileRunning(sweep, async (tx, run, current, now) => {
      const open = await tx
        .selectFrom('task_runs')
        .select('task_run_id')
        .where('mlflow_state', '=', 'open')
        .where('parent_id', '=', sweep.task_run_id)
        .limit(1)
        .executeTakeFirst()
      if (run.stopping || open) return
      await end(tx, current, now)
      await advanceRun(tx, run.run_id, now)
    })
  }

  #whileRunning(
    { run_id, task_run_id }: TaskRunRow,
    change: (tx: Tx, run: JobRunRow, sweep: TaskRunRow, now: number) => Promise<void>,
  ): Promise<void> {
    return this.#db.transaction(async (tx) => {
      await lockRun(this.#db, tx, run_id)
      const run = await getRun(tx, run_id)
      const sweep = await tx
        .selectFrom('task_runs')
        .selectAll()
        .where('task_run_id', '=', task_run_id)
        .where('state', '=', 'RUNNING')
        .executeTakeFirst()
      if (sweep) await change(tx, run, sweep, this.#now())
    })
  }
}
