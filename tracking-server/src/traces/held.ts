import type { Transaction } from '@cairn/platform/db/db'
import type { TrackingSchema } from '../schema.js'
import type { TraceRow } from './schema.js'

/**
 * The trace, if there is one, held until the transaction ends: whoever deletes it waits, and deletes what is written to
 * it meanwhile too. One that is being deleted is waited for, and is not there.
 */
export const heldTrace = (tx: Transaction<TrackingSchema>, traceId: string): Promise<TraceRow | undefined> =>
  tx
    .updateTable('traces')
    .set((eb) => ({ status: eb.ref('status') }))
    .where('trace_id', '=', traceId)
    .returningAll()
    .executeTakeFirst()
