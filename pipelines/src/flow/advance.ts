import { raiseAlerts } from '@cairn/platform/alerts/raise-alerts'
import { queueEndNotifications } from '../notifications/queue.js'
import type { JobRunRow, RunResult, TaskResult } from '../schema.js'
import { endUnstarted } from './end-unstarted.js'
import { advanceLoop } from './loop.js'
import { type CurrentTask, currentTasks, type Tx, tasksOf } from './run-rows.js'
import { startTask } from './start-task.js'
import { STOP_MESSAGES } from './stop-message.js'
import { nextTransitions } from './transitions.js'

/** Starts tasks that are ready, ends tasks that will never run, and ends the run after its last task. Needs the run's lock. */
export async function advanceRun(tx: Tx, runId: number, now: number): Promise<void> {
  const run = await tx.selectFrom('job_runs').selectAll().where('run_id', '=', runId).executeTakeFirst()
  if (run?.state !== 'RUNNING' && run?.state !== 'TERMINATING') return
  const tasks = tasksOf(run)
  const rows = new Map((await currentTasks(tx, runId)).map((row) => [row.task_key, row]))
  if (run.stopping) await stopLoops(tx, run, rows, now)
  for (let hasDecided = true; hasDecided; ) {
    hasDecided = false
    const { ready, ended, result } = nextTransitions(tasks, rows, run.stopping)
    for (const [key, outcome] of ended) rows.set(key, await endTask(tx, rows.get(key)!, outcome, now))
    for (const key of ready) {
      const task = await startTask(tx, { run, task: rows.get(key)! }, now)
      rows.set(key, task)
      hasDecided ||= task.state === 'TERMINATED'
    }
    if (result) return endRun(tx, run, [...rows.values()], result, now)
  }
}

/** Ends the iterations of open loops that have not started. */
async function stopLoops(tx: Tx, run: JobRunRow, rows: Map<string, CurrentTask>, now: number) {
  for (const { task_key, for_each_task } of tasksOf(run)) {
    const row = rows.get(task_key)!
    if (for_each_task && row.state === 'RUNNING') rows.set(task_key, await advanceLoop(tx, run, row, now))
  }
}

async function endTask(tx: Tx, task: CurrentTask, result: TaskResult, now: number): Promise<CurrentTask> {
  const ended = { state: 'TERMINATED', result, ended_at: now } as const
  await tx.updateTable('task_runs').set(ended).where('task_run_id', '=', task.task_run_id).execute()
  await endUnstarted(tx, now).where('task_run_id', '=', task.task_run_id).execute()
  return { ...task, ...ended }
}

async function endRun(tx: Tx, run: JobRunRow, tasks: readonly CurrentTask[], result: RunResult, now: number) {
  const failed = tasks.filter((task) => task.result === 'FAILED' || task.result === 'TIMEDOUT')
  const failures = failed.length > 0 ? `Failed: ${failed.map((task) => task.task_key).join(', ')}` : ''
  const message = run.stopping && result === run.stopping ? STOP_MESSAGES[run.stopping] : failures
  await tx
    .updateTable('job_runs')
    .set({ state: 'TERMINATED', result, message, ended_at: now, warn_at: null })
    .where('run_id', '=', run.run_id)
    .execute()
  await endRunsOfSuccesses(tx, run.run_id, result)
  await queueEndNotifications(tx, { ...run, result, message }, now)
  if (run.job_id === null || (result !== 'FAILED' && result !== 'TIMEDOUT')) return
  const { job_id, run_id, run_name } = run
  const alerted = { type: 'job', objectId: String(job_id), runId: String(run_id), runName: run_name } as const
  await raiseAlerts(tx, 'job_failed', alerted, now)
}

/** Marks the MLflow runs that successful attempts left unfinished for their end: no task continues them now. */
async function endRunsOfSuccesses(tx: Tx, runId: number, result: RunResult) {
  await tx
    .updateTable('task_attempts')
    .set({ runs_end_as: LEFT_RUNS_END_AS[result] })
    .where('task_run_id', 'in', (eb) =>
      eb.selectFrom('task_runs').select('task_run_id').where('run_id', '=', runId),
    )
    .where('outcome', '=', 'SUCCESS')
    .where('token_id', 'is not', null)
    .execute()
}

const LEFT_RUNS_END_AS = {
  SUCCESS: 'FINISHED',
  SUCCESS_WITH_FAILURES: 'FINISHED',
  FAILED: 'FAILED',
  CANCELED: 'KILLED',
  TIMEDOUT: 'KILLED',
  MAXIMUM_CONCURRENT_RUNS_REACHED: 'KILLED',
} as const satisfies Record<RunResult, string>
