import { ApiError } from '@cairn/platform/errors'
import type { TaskSettings } from '@cairn/platform/protocol/task-settings'
import type { JobRunRow, TaskRunRow } from '../schema.js'
import { evaluateCondition } from './condition.js'
import { loopInputs, openLoop } from './loop.js'
import { queueAttempt } from './queue-attempt.js'
import { type Lookup, resolveReferences } from './references.js'
import { settingsOf, type Tx } from './run-rows.js'
import { createLookup, upstreamValues } from './run-values.js'
import { toStorableText } from './storable-text.js'

export interface ReadyTask {
  readonly run: JobRunRow
  readonly task: TaskRunRow
  /** The current task runs of the run, without iterations. */
  readonly taskRuns: readonly TaskRunRow[]
}

/**
 * Starts a task whose dependencies have ended: decides a condition, opens a loop, queues an attempt of any other kind.
 *
 * @returns its row, which has ended for a decided condition and a loop without inputs
 */
export async function startTask(tx: Tx, ready: ReadyTask, now: number): Promise<TaskRunRow> {
  const { run, task } = ready
  const settings = settingsOf(run, task)
  const { for_each_task } = settings
  try {
    if (settings.condition_task) return await decide(tx, task, settings, lookupOf(ready), now)
    if (for_each_task)
      return await openLoop(tx, run, task, loopInputs(for_each_task.inputs, lookupOf(ready)), now)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return endNow(tx, task, { result: 'FAILED', message: toStorableText(error.message) }, now)
  }
  return queueAttempt(tx, task, settings, 1, now)
}

const lookupOf = (ready: ReadyTask): Lookup => {
  const attempt = { ...ready, attempt: 1 }
  return createLookup(attempt, upstreamValues(attempt))
}

function decide(tx: Tx, task: TaskRunRow, { condition_task }: TaskSettings, lookup: Lookup, now: number) {
  const { op, left, right } = condition_task!
  const [a, b] = resolveReferences([left, right], lookup, { keepsTypes: true }) as unknown[]
  const holds = evaluateCondition(op, a, b)
  return endNow(tx, task, { result: 'SUCCESS', outcome: holds ? 'true' : 'false' }, now)
}

async function endNow(
  tx: Tx,
  task: TaskRunRow,
  end: Pick<TaskRunRow, 'result'> & Partial<Pick<TaskRunRow, 'message' | 'outcome'>>,
  now: number,
): Promise<TaskRunRow> {
  const ended = { ...end, state: 'TERMINATED', started_at: now, ended_at: now } as const
  await tx.updateTable('task_runs').set(ended).where('task_run_id', '=', task.task_run_id).execute()
  return { ...task, ...ended }
}
