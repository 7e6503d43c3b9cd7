import type { Transaction } from '@cairn/platform/db/db'
import type { TrackingSchema } from './schema.js'
import type { TraceRow } from './traces/schema.js'

/**
 * Locks the row of a trace until commit, so that a concurrent delete waits and then also deletes the rows that this
 * transaction writes. Waits for a delete in progress.
 *
 * @returns the row, or undefined if the trace does not exist
 */
export const lockTrace = (tx: Transaction<TrackingSchema>, traceId: string): Promise<TraceRow | undefined> =>
  tx
    .updateTable('traces')
    .set((eb) => ({ status: eb.ref('status') }))
    .where('trace_id', '=', traceId)
    .returningAll()
    .executeTakeFirst()
