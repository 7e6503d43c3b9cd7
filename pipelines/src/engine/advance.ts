import type { Db, Transaction } from '@cairn/platform/db/db'
import type { JobSettings } from '@cairn/platform/protocol/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/task-settings'
import { queueEndNotifications } from '../notifications/queue.js'
import type { JobRunRow, PipelinesSchema, RunResult, TaskResult, TaskRunRow } from '../schema.js'
import { settle } from './settle.js'

export type Tx = Transaction<PipelinesSchema>

/** Serializes changes of a run until the transaction ends. Lock order: the job first, then the run. */
export async function lockRun(db: Db<PipelinesSchema>, tx: Tx, runId: number) {
  await db.dialect.lock(`job-run:${runId}`)?.execute(tx)
}

export async function lockJob(db: Db<PipelinesSchema>, tx: Tx, jobId: number) {
  await db.dialect.lock(`job:${jobId}`)?.execute(tx)
}

export const tasksOf = (run: Pick<JobRunRow, 'settings'>): TaskSettings[] =>
  (JSON.parse(run.settings) as JobSettings).tasks ?? []

/** The task runs of a run, without those that a repair replaced. */
export const currentTasks = (tx: Tx, runId: number): Promise<TaskRunRow[]> =>
  tx
    .selectFrom('task_runs')
    .selectAll()
    .where('run_id', '=', runId)
    .where('replaced_by', 'is', null)
    .orderBy('position')
    .execute()

/** Queues tasks that are ready, ends tasks that will never run, and ends the run after its last task. Needs the run's lock. */
export async function advanceRun(tx: Tx, runId: number, now: number): Promise<void> {
  const run = await tx.selectFrom('job_runs').selectAll().where('run_id', '=', runId).executeTakeFirst()
  if (run?.state !== 'RUNNING' && run?.state !== 'TERMINATING') return
  const rows = await currentTasks(tx, runId)
  const byKey = new Map(rows.map((row) => [row.task_key, row]))
  const { ready, ended, result } = settle(tasksOf(run), byKey, run.stopping)
  for (const key of ready) await queueAttempt(tx, byKey.get(key)!, 1, now)
  for (const [key, outcome] of ended) await endTask(tx, byKey.get(key)!, outcome, now)
  if (result) await endRun(tx, run, rows, result, now)
}

/** Inserts the attempt, which is its own outbox row: queued and not dispatched yet. */
export async function queueAttempt(tx: Tx, task: TaskRunRow, attempt: number, now: number, delayMs = 0) {
  await tx
    .insertInto('task_attempts')
    .values({ task_run_id: task.task_run_id, attempt, state: 'queued', run_at: now + delayMs })
    .execute()
  await tx
    .updateTable('task_runs')
    .set({ state: delayMs > 0 ? 'WAITING_FOR_RETRY' : 'QUEUED', attempt, progress: null })
    .where('task_run_id', '=', task.task_run_id)
    .execute()
}

async function endTask(tx: Tx, { task_run_id }: TaskRunRow, result: TaskResult, now: number) {
  await tx
    .updateTable('task_runs')
    .set({ state: 'TERMINATED', result, ended_at: now })
    .where('task_run_id', '=', task_run_id)
    .execute()
  await tx
    .updateTable('task_attempts')
    .set({ state: 'ended', outcome: 'CANCELED', ended_at: now })
    .where('task_run_id', '=', task_run_id)
    .where('state', '=', 'queued')
    .execute()
}

async function endRun(tx: Tx, run: JobRunRow, tasks: readonly TaskRunRow[], result: RunResult, now: number) {
  const failed = tasks.filter((task) => task.result === 'FAILED' || task.result === 'TIMEDOUT')
  const message = failed.length > 0 ? `Failed: ${failed.map((task) => task.task_key).join(', ')}` : ''
  await tx
    .updateTable('job_runs')
    .set({ state: 'TERMINATED', result, message, ended_at: now, warn_at: null })
    .where('run_id', '=', run.run_id)
    .execute()
  await queueEndNotifications(tx, { ...run, result, message }, now)
}
