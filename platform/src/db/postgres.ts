import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { ApiError } from '../errors.js'
import type { Engine } from './db.js'
import { type Dialect, databaseFull, hasCode } from './dialect.js'
import { checkedPattern } from './linear-regex.js'
import { OUTDATED_PLAN, Sessions } from './postgres-sessions.js'
import { readSnapshot } from './postgres-snapshot.js'

const MIGRATION_LOCK = 0x6361_6972 // "cair"
const RETRIES = 5

const dialect: Dialect = {
  name: 'postgres',
  rows: (rows, columns) => {
    const definitions = Object.entries(columns).map(([name, type]) => sql`${sql.ref(name)} ${sql.raw(type)}`)
    return sql`(select * from json_to_recordset(${JSON.stringify(rows)}) as t(${sql.join(definitions)}))`
  },
  ilike: (column, pattern) => sql`${column} ilike ${pattern}`,
  matches: (column, regex) => sql`${column} ~ ${checkedPattern(regex)}`,
  member: (column, name) => sql`(cast(${column} as json) ->> ${name})`,
  lock: (key) => sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`,
  isUniqueViolation: (error) => hasCode(error, '23505'),
}

/** PostgreSQL commits concurrently and groups its own WAL flushes, so each transaction is one of its own. */
export function openPostgres(url: string): Engine {
  const pool = new pg.Pool({
    connectionString: url,
    max: 16,
    pipeline: true,
    types: { getTypeParser },
    connectionTimeoutMillis: 5_000,
  })
  // A connection that breaks is replaced, and its query reports the failure; an error nobody listens to ends the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => void client.on('error', () => undefined))
  // biome-ignore lint/suspicious/noExplicitAny: one engine serves every service's schema
  const read = new Kysely<any>({ dialect: new PostgresDialect({ pool }) })
  const sessions = new Sessions(pool)
  return {
    dialect,
    read,
    reading: (work) => retrying(() => sessions.reading(work)),
    transaction: (work) => retrying(() => sessions.transaction(work)),
    script: async (text) => void (await pool.query(text)), // one simple query is one transaction
    exclusive: (work) => exclusively(pool, work),
    snapshot: (work) => readSnapshot(pool, work),
    close: async () => {
      if (!pool.ending) await pool.end()
    },
  }
}

/** int8 as a number on our pool only; ids that may exceed 2^53 are text. */
const getTypeParser = ((oid: number, format?: 'text') =>
  oid === pg.types.builtins.INT8
    ? Number
    : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser

async function exclusively<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    return await work()
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined)
    client.release()
  }
}

/** Deadlocks, serialisation failures and outdated plans are the engine's, not the caller's: the same work again, a few times. */
async function retrying<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (isUnreachable(error)) throw unavailable(error)
      if (isFull(error)) throw databaseFull(error)
      if (!hasCode(error, '40001', '40P01', OUTDATED_PLAN) || attempt > RETRIES) throw error
      await sleep(2 ** attempt * 5 * Math.random())
    }
  }
}

export const isUnreachable = (error: unknown) =>
  hasCode(
    error,
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ENOTFOUND',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EAI_AGAIN',
    '57P01',
    '57P02',
    '57P03',
    '08000',
    '08001',
    '08003',
    '08004',
    '08006',
    '25006', // a standby that takes over, or a server that was made read-only
    '53200',
    '53300',
    '58030',
  ) ||
  (error instanceof Error && BROKEN.test(error.message))

/** What the driver says in words only. */
const BROKEN =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect/

const isFull = (error: unknown) => hasCode(error, '53100')

/** Values that PostgreSQL has no room for: numbers out of range, half a surrogate pair, NUL, a key beyond its index. */
export const isUnstorable = (error: unknown) => hasCode(error, '22003', '22021', '22P02', '22P05', '54000')

const unavailable = (cause: unknown) =>
  new ApiError('TEMPORARILY_UNAVAILABLE', 'The database cannot be reached at the moment. Try again.', {
    cause,
  })
