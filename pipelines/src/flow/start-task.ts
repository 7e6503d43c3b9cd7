import { messageOf } from '@cairn/platform/errors'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import type { JobRunRow, TaskRunRow } from '../schema.js'
import { evaluateCondition } from './condition.js'
import { loopInputs, openLoop, sweepInputs } from './loop.js'
import { queueAttempt, withoutCache } from './queue-attempt.js'
import { type Lookup, resolveReferences } from './references.js'
import { type CurrentTask, settingsOf, type Tx } from './run-rows.js'
import { createLookup, readReferenced, valuesByTask } from './run-values.js'
import { toStorableText } from './storable-text.js'

export interface ReadyTask {
  readonly run: JobRunRow
  readonly task: CurrentTask
}

/** Limits the length of stored errors. */
const MAX_MESSAGE = 4_000

/** A task with an outcome ends at once, one with inputs starts iterations, and any other starts an attempt. */
interface TaskStart {
  readonly outcome?: 'true' | 'false'
  readonly inputs?: readonly string[]
}

/**
 * Starts a task whose dependencies have ended: decides a condition, opens a loop, queues an attempt of any other kind.
 *
 * @returns its row, which has ended for a decided condition and a loop without inputs, and for settings that cannot start
 */
export async function startTask(tx: Tx, ready: ReadyTask, now: number): Promise<CurrentTask> {
  const { run, task } = ready
  const settings = settingsOf(run, task)
  let start: TaskStart
  try {
    start = await decideStart(tx, settings, ready)
  } catch (error) {
    // Any error ends the task: retries of the transaction would fail in the same way.
    const message = toStorableText(messageOf(error).slice(0, MAX_MESSAGE))
    return endNow(tx, task, { result: 'FAILED', message }, now)
  }
  const { outcome, inputs } = start
  if (outcome) return endNow(tx, task, { result: 'SUCCESS', outcome }, now)
  if (inputs) return openLoop(tx, run, task, inputs, now)
  return queueAttempt(tx, { task, settings: withoutCache(run, settings) }, now)
}

async function decideStart(
  tx: Tx,
  { condition_task, for_each_task }: TaskSettings,
  ready: ReadyTask,
): Promise<TaskStart> {
  if (!condition_task && !for_each_task) return {}
  const lookup = await lookupOf(tx, ready)
  if (for_each_task?.sweep) return { inputs: sweepInputs(for_each_task.sweep, lookup) }
  if (for_each_task) return { inputs: loopInputs(for_each_task.inputs!, lookup) }
  const { op, left, right } = condition_task!
  const [a, b] = resolveReferences([left, right], lookup, { keepsTypes: true }) as unknown[]
  return { outcome: evaluateCondition(op, a, b) ? 'true' : 'false' }
}

async function lookupOf(tx: Tx, { run, task }: ReadyTask): Promise<Lookup> {
  const values = valuesByTask(await readReferenced(tx, run, task))
  return createLookup({ run, task: { ...task, input: null }, attempt: 1 }, values)
}

async function endNow(
  tx: Tx,
  task: CurrentTask,
  end: Pick<TaskRunRow, 'result'> & Partial<Pick<TaskRunRow, 'message' | 'outcome'>>,
  now: number,
): Promise<CurrentTask> {
  const ended = { ...end, state: 'TERMINATED', started_at: now, ended_at: now } as const
  await tx.updateTable('task_runs').set(ended).where('task_run_id', '=', task.task_run_id).execute()
  return { ...task, ...ended }
}
