import type { AuditRow, AuthSchema } from '../auth/schema.js'
import type { Db } from '../db/db.js'

const ROWS_AT_ONCE = 100

/** Inserts new rows, and updates the counts of existing ones. */
export async function putRows(db: Db<AuthSchema>, rows: readonly AuditRow[]): Promise<void> {
  await db.transaction(async (tx) => {
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
      await tx
        .insertInto('audit_events')
        .values(rows.slice(at, at + ROWS_AT_ONCE))
        .onConflict((on) =>
          on.column('event_id').doUpdateSet((eb) => ({
            count: eb.ref('excluded.count'),
            last_time: eb.ref('excluded.last_time'),
          })),
        )
        .execute()
  })
}

/** Matches the errors for values that cannot be stored, and for a row that is too large. */
const BAD_ROW = /^(22|23|54)...$|^SQLITE_(CONSTRAINT|MISMATCH|RANGE|TOOBIG)/

/** Returns whether a row can never be written; false for an outage. */
export const isBadRow = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  BAD_ROW.test(String((error as { code?: unknown }).code ?? ''))
