import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import type { Engine } from './db.js'
import { type Dialect, hasCode } from './dialect.js'
import { postgresRegex } from './linear-regex.js'
import { connectionError, toOutage } from './postgres-failures.js'
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
  lower: (text) => sql`lower(${text})`,
  lowerAscii: (text) => sql`lower(${text} collate "C")`,
  matches: (column, regex) => sql`${column} ~ ${postgresRegex(regex)}`,
  member: (column, name) => sql`(cast(${column} as json) ->> ${name})`,
  // PostgreSQL's own functions for lists and objects insert spaces.
  jsonList: (members, orderBy) => {
    const parts = Object.entries(members).flatMap(([name, value], i) => [
      sql.lit(`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`),
      sql`coalesce(to_json(${value}), 'null')`,
    ])
    return sql`concat('[', string_agg(concat(${sql.join(parts)}, '}'), ',' order by ${sql.ref(orderBy)}), ']')`
  },
  perRow: sql`offset 0`,
  jsonNaN: sql`double precision 'NaN'`,
  lock: (key) => sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`,
  indexesLater: false,
  mergesUnions: false,
  isShared: true,
  isUniqueViolation: (error) => hasCode(error, '23505'),
}

/** Timeouts in milliseconds. */
export interface Timeouts {
  /** The time to get a connection, either a new one or one from the pool. */
  readonly connect: number
  /** The time for a statement, and between the statements of a transaction, which holds locks. The server cancels it then. */
  readonly statement: number
  /** The time for any response, in case the network fails and not even the server's error arrives. */
  readonly answer: number
}

const TIMEOUTS: Timeouts = { connect: 5_000, statement: 30_000, answer: 35_000 }

/** Opens PostgreSQL. Every write has its own transaction, because PostgreSQL groups the flushes of concurrent commits itself. */
export function openPostgres(url: string, timeouts: Timeouts = TIMEOUTS): Engine {
  const pool = openPool(url, { pipeline: true, query_timeout: timeouts.answer }, timeouts)
  pool.on('connect', (client) => {
    const { statement } = timeouts
    // Set by statements, because connection poolers reject them as parameters. Parallel workers take longer to start than they
    // save. Random page reads are priced almost like sequential ones: otherwise a page of runs is found by reading all tags.
    const settings = `set statement_timeout = ${statement}; set idle_in_transaction_session_timeout = ${statement};
      set max_parallel_workers_per_gather = 0; set random_page_cost = 1.1`
    client.query(settings).catch(() => undefined) // the next statement fails too
  })
  const unlimited = openPool(url, {}, timeouts) // building an index over many rows is slow
  // biome-ignore lint/suspicious/noExplicitAny: one engine serves every service's schema
  const read = new Kysely<any>({ dialect: new PostgresDialect({ pool }) })
  const sessions = new Sessions(pool)
  return {
    dialect,
    read,
    reading: (work) => retryOnConflict(() => sessions.reading(work)),
    transaction: (work) => retryOnConflict(() => sessions.transaction(work)),
    script: async (text) => void (await unlimited.query(text)), // one simple query is one transaction
    exclusive: async (work) => withMigrationLock(await connectOrExplain(unlimited, url), work),
    snapshot: async (work) => readSnapshot(await connectOrExplain(unlimited, url), work),
    close: async () => {
      if (!pool.ending) await Promise.all([pool.end(), unlimited.end()])
    },
  }
}

function openPool(url: string, options: pg.PoolConfig, { connect }: Timeouts): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 16,
    types: { getTypeParser },
    connectionTimeoutMillis: connect,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...options,
  })
  // A broken connection is replaced and its query reports the failure; an error event without a listener ends the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return pool
}

/** Parses int8 as a number, on this pool only. Ids that may exceed 2^53 are stored as text. */
const getTypeParser = ((oid: number, format?: 'text') =>
  oid === pg.types.builtins.INT8
    ? Number
    : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser

async function connectOrExplain(pool: pg.Pool, url: string): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw connectionError(error, url) ?? error
  }
}

async function withMigrationLock<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    return await work()
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined)
    client.release()
  }
}

/** Retries a few times after deadlocks, serialization failures and outdated plans, which are not the caller's fault. */
async function retryOnConflict<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      const outage = toOutage(error)
      if (outage) throw outage
      if (!hasCode(error, '40001', '40P01', OUTDATED_PLAN) || attempt > RETRIES) throw error
      await sleep(2 ** attempt * 5 * Math.random())
    }
  }
}
