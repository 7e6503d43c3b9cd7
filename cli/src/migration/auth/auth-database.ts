import { openPostgres } from '@cairn/platform/db/postgres'
import { invalid } from '@cairn/platform/errors'
import { maskedUrl } from '@cairn/platform/text/masked-url'
import { sql } from 'kysely'
import { type ForeignRow, openForeignSqlite } from '../../database/foreign-sqlite.js'

/** The database of an MLflow server with `--app-name basic-auth`. */
export interface AuthDatabase {
  /** The rows of a table; none if it does not exist. */
  rows(table: string): Promise<readonly ForeignRow[]>
  /** Returns whether the table exists. */
  has(table: string): Promise<boolean>
  close(): Promise<void>
}

/**
 * @param url `sqlite:///FILE` or `postgresql://…`, as in `database_uri` of MLflow's `basic_auth.ini`
 * @throws INVALID_PARAMETER_VALUE for anything else
 */
export async function openAuthDatabase(url: string): Promise<AuthDatabase> {
  const database = open(url)
  if (await database.has('users')) return database
  await database.close()
  throw invalid(`${maskedUrl(url)} is not a basic-auth database of MLflow: it has no table users.`)
}

function open(url: string): AuthDatabase {
  if (/^postgres(ql)?(\+\w+)?:/.test(url))
    return openOnPostgres(url.replace(/^postgres(ql)?(\+\w+)?:/, 'postgres:'))
  if (/^[a-z][a-z0-9+.-]+:/i.test(url) && !url.startsWith('sqlite:'))
    throw invalid(`'${maskedUrl(url)}' is not supported: use sqlite:///FILE or postgresql://….`)
  const file = openForeignSqlite(url.replace(/^sqlite:(\/\/\/)?/, ''))
  const has = (table: string) => file.columns(table).size > 0
  return {
    has: async (table) => has(table),
    rows: async (table) => (has(table) ? file.all(`select * from "${table}" order by id`) : []),
    close: async () => file.close(),
  }
}

function openOnPostgres(url: string): AuthDatabase {
  const { read, close } = openPostgres(url)
  const has = async (table: string) => {
    const { rows } = await sql<{ found: string | null }>`select to_regclass(${table})::text as found`.execute(
      read,
    )
    return rows[0]!.found !== null
  }
  return {
    has,
    rows: async (table) =>
      (await has(table))
        ? (await sql<ForeignRow>`select * from ${sql.table(table)} order by id`.execute(read)).rows
        : [],
    close,
  }
}
