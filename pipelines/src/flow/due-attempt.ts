import { type RawBuilder, type SqlBool, sql } from 'kysely'

/** Tolerates differences between the clocks of machines. */
const CLOCK_TOLERANCE_MS = 10 * 60_000

/** An attempt without a delay is due whatever its time is, and a delayed one also when the clock was set back since it was queued. */
export const isDueAttempt = (now: number): RawBuilder<SqlBool> =>
  sql<SqlBool>`(run_at <= ${now} or run_at = queued_at or queued_at > ${now + CLOCK_TOLERANCE_MS})`
