import { sql } from 'kysely'
import type { Config } from '../config.js'
import type { Db } from '../db/db.js'
import type { RetentionRule } from '../db/retention.js'
import type { AuthSchema } from './schema.js'

type Days = Pick<Config, 'audit_retention_days' | 'token_retention_days'>

/** Audit rows by their time, and tokens by the time at which they expired or were revoked. */
export const authRetention = (db: Db<AuthSchema>, days: Days): RetentionRule[] => [
  {
    name: 'audit rows',
    days: days.audit_retention_days,
    purge: (before, limit) =>
      db.transaction(async (tx) => {
        const { numAffectedRows } = await sql`delete from audit where id in (
          select id from audit where time < ${before} order by time, id limit ${limit})`.execute(tx)
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
