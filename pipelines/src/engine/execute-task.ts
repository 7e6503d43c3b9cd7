import { queue } from '@cairn/platform/jobs/jobs'
import Type from 'typebox'

/** The only message on the queue: the key of an attempt. Its data are in the database. */
export const ExecuteTask = queue({
  name: 'execute-task',
  payload: Type.Object({ task_run_id: Type.Integer(), attempt: Type.Integer() }),
})
