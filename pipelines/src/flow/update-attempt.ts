import type { TaskAttemptRow } from '../schema.js'
import type { Tx } from './run-rows.js'

/** An update of one attempt; the caller adds the values and the state that it expects. */
export const updateAttempt = (
  tx: Tx,
  { task_run_id, attempt }: Pick<TaskAttemptRow, 'task_run_id' | 'attempt'>,
) => tx.updateTable('task_attempts').where('task_run_id', '=', task_run_id).where('attempt', '=', attempt)
