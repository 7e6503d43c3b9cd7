import type { Tx } from './run-rows.js'

/** An update that ends attempts which no worker has claimed; the caller adds the task runs. */
export const endUnstarted = (tx: Tx, now: number) =>
  tx
    .updateTable('task_attempts')
    .set({ state: 'ended', outcome: 'CANCELED', ended_at: now })
    .where('state', 'in', ['checking', 'queued', 'delegated'])
