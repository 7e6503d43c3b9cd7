import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { Config } from '@cairn/platform/config'
import type { Db } from '@cairn/platform/db/db'
import type { RetentionRule } from '@cairn/platform/db/retention'
import { sql } from 'kysely'

type Days = Pick<Config, 'audit_retention_days' | 'token_retention_days'>

/** Audit rows by their time, and tokens by the time at which they expired or were revoked. */
export const authRetention = (db: Db<AuthSchema>, days: Days): RetentionRule[] => [
  {
    name: 'audit rows',
    days: days.audit_retention_days,
    purge: (before, limit) =>
      db.transaction(async (tx) => {
        const { numAffectedRows } = await sql`delete from audit_events where event_id in (
          select event_id from audit_events where event_time < ${before} order by event_time, event_id limit ${limit})`.execute(
          tx,
        )
        return Number(numAffectedRows)
      }),
  },
  {
    name: 'tokens',
    days: days.token_retention_days,
    purge: (before, limit) =>
      db.transaction(async (tx) => {
        const { numAffectedRows } = await sql`delete from tokens where id in (
          select id from tokens where expires_at < ${before} or revoked_at < ${before} limit ${limit})`.execute(
          tx,
        )
        return Number(numAffectedRows)
      }),
  },
]
