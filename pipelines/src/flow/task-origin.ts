import type { TaskRunRow } from '../schema.js'

/** Empty for a task that ran. */
export const renderOrigin = ({
  origin,
  origin_run_id,
  origin_task_run_id,
  result,
}: Pick<TaskRunRow, 'origin' | 'origin_run_id' | 'origin_task_run_id' | 'result'>) =>
  origin && result === 'SUCCESS'
    ? { origin: { kind: origin, run_id: origin_run_id!, task_run_id: origin_task_run_id! } }
    : {}
