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
  matches: (column, regex) => sql`${column} ~ ${postgresRegex(regex)}`,
  member: (column, name) => sql`(cast(${column} as json) ->> ${name})`,
  // Its own functions for lists and objects put spaces between.
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
  isUniqueViolation: (error) => hasCode(error, '23505'),
}

/** How long the server is waited for, in milliseconds. */
export interface Timeouts {
  /** For a connection, be it a new one or one that others use. */
  readonly connect: number
  /** For a statement, which the server ends then; and for the next statement of a transaction, with the locks it holds. */
  readonly statement: number
  /** For an answer: when it does not even say that a statement took too long, the network has swallowed it. */
  readonly answer: number
}

const TIMEOUTS: Timeouts = { connect: 5_000, statement: 30_000, answer: 35_000 }

/** PostgreSQL commits concurrently and groups its own WAL flushes, so each transaction is one of its own. */
export function openPostgres(url: string, patience: Timeouts = TIMEOUTS): Engine {
  const pool = openPool(url, { pipeline: true, query_timeout: patience.answer }, patience)
  pool.on('connect', (client) => {
    const { statement } = patience
    // By statements, because poolers in between refuse them as parameters. Workers take longer to start than to be of use,
    // and a page that is looked up costs little more than the next one: else a page of runs is found by reading all tags.
    const settings = `set statement_timeout = ${statement}; set idle_in_transaction_session_timeout = ${statement};
      set max_parallel_workers_per_gather = 0; set random_page_cost = 1.1`
    client.query(settings).catch(() => undefined) // what comes after it fails too
  })
  const unhurried = openPool(url, {}, patience) // an index over many rows takes its time
  // biome-ignore lint/suspicious/noExplicitAny: one engine serves every service's schema
  const read = new Kysely<any>({ dialect: new PostgresDialect({ pool }) })
  const sessions = new Sessions(pool)
  return {
    dialect,
    read,
    reading: (work) => retrying(() => sessions.reading(work)),
    transaction: (work) => retrying(() => sessions.transaction(work)),
    script: async (text) => void (await unhurried.query(text)), // one simple query is one transaction
    exclusive: async (work) => exclusively(await entering(unhurried, url), work),
    snapshot: async (work) => readSnapshot(await entering(unhurried, url), work),
    close: async () => {
      if (!pool.ending) await Promise.all([pool.end(), unhurried.end()])
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
  // A connection that breaks is replaced, and its query reports the failure; an error nobody listens to ends the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return pool
}

/** int8 as a number on our pool only; ids that may exceed 2^53 are text. */
const getTypeParser = ((oid: number, format?: 'text') =>
  oid === pg.types.builtins.INT8
    ? Number
    : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser

async function entering(pool: pg.Pool, url: string): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw connectionError(error, url) ?? error
  }
}

async function exclusively<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
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
      const outage = toOutage(error)
      if (outage) throw outage
      if (!hasCode(error, '40001', '40P01', OUTDATED_PLAN) || attempt > RETRIES) throw error
      await sleep(2 ** attempt * 5 * Math.random())
    }
  }
}
