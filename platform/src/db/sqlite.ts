import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database as DatabaseHandle, Options } from 'better-sqlite3'
import { Kysely, SqliteDialect, sql } from 'kysely'
import { ApiError, messageOf } from '../errors.js'
import { Database } from './better-sqlite3.js'
import { Checkpoints } from './checkpoints.js'
import type { Engine } from './db.js'
import { type Dialect, hasCode } from './dialect.js'
import { GroupCommit } from './group-commit.js'
import { linearRegex } from './linear-regex.js'
import { registerRowSources, rowSource } from './sqlite-rows.js'
import { readSnapshot } from './sqlite-snapshot.js'
import { timedRegex } from './timed-regex.js'

const CACHED_STATEMENTS = 500
/** Longer statements, such as unions of a hundred parts, have megabytes, and take much longer to run than to prepare. */
const MAX_CACHED_LENGTH = 16_384

const dialect: Dialect = {
  name: 'sqlite',
  rows: rowSource,
  ilike: (column, pattern) => sql`lower(${column}) like lower(${pattern})`,
  // SQLite's own function, which is faster, knows ASCII only.
  lower: (text) => sql`case when ${text} glob '*[^ -~]*' then unicode_lower(${text}) else lower(${text}) end`,
  lowerAscii: (text) => sql`lower(${text})`,
  matches: (column, regex) => {
    linearRegex(regex) // rejects before the first row is read
    return sql`regexp(${regex}, ${column})`
  },
  member: (column, name) => sql`(select case type when 'true' then 'true' when 'false' then 'false'
    else cast(value as text) end from json_each(${column}) where key = ${name})`,
  jsonList: (members, orderBy) => {
    const parts = Object.entries(members).flatMap(([name, value]) => [sql.lit(name), value])
    return sql`json_group_array(json_object(${sql.join(parts)}) order by ${sql.ref(orderBy)})`
  },
  perRow: sql`limit 1`,
  jsonNaN: sql`'NaN'`,
  lock: () => undefined,
  indexesLater: true,
  mergesUnions: true,
  isShared: false,
  isUniqueViolation: (error) => hasCode(error, 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'),
}

/** Opens two handles on one file in WAL mode: a fully synchronous writer, and a reader that never waits for it. */
export function openSqlite(file: string): Engine {
  mkdirSync(dirname(file), { recursive: true })
  const writer = open(file, {})
  const reader = open(file, { readonly: true })
  const read = kysely(reader)
  const write = kysely(writer)
  const checkpoints = new Checkpoints(writer, file)
  const commits = new GroupCommit(writer, write, () => checkpoints.afterCommit())
  return {
    dialect,
    read,
    reading: (work) => work(read),
    transaction: (work) => commits.submit(work),
    script: async (text) => writer.transaction(() => void writer.exec(text))(),
    exclusive: (work) => work(), // one process owns the file, and the writer serializes its work
    snapshot: (work) => readSnapshot(file, work),
    close: async () => {
      await commits.drain()
      await checkpoints.close()
      if (!writer.open) return
      reader.close()
      writer.pragma('optimize')
      writer.close()
    },
  }
}

function open(file: string, options: Options) {
  try {
    const handle = new Database(file, { ...options, timeout: 0 })
    handle.pragma('case_sensitive_like = ON') // like PostgreSQL, and like MLflow's LIKE
    handle.pragma('mmap_size = 268435456')
    handle.pragma('cache_size = -8000') // KiB, for pages in the log only: the rest is memory-mapped
    if (!options.readonly) {
      handle.pragma('journal_mode = WAL')
      handle.pragma('synchronous = FULL')
      handle.pragma('foreign_keys = ON')
    }
    const matches = timedRegex()
    handle.function('regexp', { deterministic: true }, (pattern, text) =>
      text === null ? null : Number(matches(String(pattern), String(text))),
    )
    handle.function('unicode_lower', { deterministic: true }, (text) => String(text).toLowerCase())
    return handle
  } catch (error) {
    const reason = messageOf(error)
    throw new ApiError('TEMPORARILY_UNAVAILABLE', `Cannot open the database ${file}: ${reason}`, {
      cause: error,
    })
  }
}

function kysely(handle: DatabaseHandle) {
  // biome-ignore lint/suspicious/noExplicitAny: one engine serves every service's schema
  return new Kysely<any>({ dialect: new SqliteDialect({ database: cachePrepared(handle) }) })
}

/** Caches prepared statements, because Kysely prepares on every call. Drops the oldest beyond the limit. */
function cachePrepared(handle: DatabaseHandle) {
  const statements = new Map<string, ReturnType<typeof takingRows>>()
  const takingRows = registerRowSources(handle)
  return {
    close: () => undefined, // the engine owns the handle
    prepare(text: string) {
      const known = statements.get(text)
      if (known) return known
      if (text.length > MAX_CACHED_LENGTH) return takingRows(handle.prepare(text))
      if (statements.size >= CACHED_STATEMENTS) statements.delete(statements.keys().next().value!)
      const statement = takingRows(handle.prepare(text))
      statements.set(text, statement)
      return statement
    },
  }
}
