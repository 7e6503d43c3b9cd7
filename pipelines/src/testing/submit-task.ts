import type { Db } from '@cairn/platform/db/db'
import { RunStore } from '../runs/store.js'
import type { PipelinesSchema } from '../schema.js'

/** Submits a run of one task. @returns the id of the task run */
export async function submitTask(db: Db<PipelinesSchema>): Promise<number> {
  const runs = new RunStore(db, Date.now, () => undefined)
  const { run_id } = await runs.submit({
    settings: { tasks: [{ task_key: 'a' }] },
    runName: 'r',
    creator: 'owner',
    owner: 'local-owner',
    parameters: {},
  })
  return (await runs.tasks([run_id]))[0]!.task_run_id
}
