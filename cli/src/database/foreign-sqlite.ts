import { closeSync, openSync, readSync } from 'node:fs'
import { Database } from '@cairn/platform/db/better-sqlite3'
import { quotedName } from '@cairn/platform/db/snapshot-columns'
import { invalid, messageOf } from '@cairn/platform/errors'

const MAGIC = 'SQLite format 3\0'

export type ForeignRow = Readonly<Record<string, string | number | null>>

/** A SQLite file of another program, read as one snapshot of the time when it was opened. */
export interface ForeignSqlite {
  /** Columns of a table; empty when the table does not exist. */
  columns(table: string): ReadonlySet<string>
  all(statement: string, ...parameters: (string | number)[]): ForeignRow[]
  close(): void
}

/**
 * Opens a file of unknown origin read-only, without running anything that its schema defines.
 *
 * @throws INVALID_PARAMETER_VALUE if it is not a SQLite file
 */
export function openForeignSqlite(file: string): ForeignSqlite {
  if (!isSqliteFile(file)) throw invalid(`${file} is not a SQLite database.`)
  try {
    const handle = new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 })
    handle.pragma('trusted_schema = OFF')
    handle.pragma('cell_size_check = ON')
    handle.exec('begin') // one snapshot, independent of concurrent writes
    handle.prepare('select count(*) from sqlite_master').get()
    return {
      columns: (table) =>
        new Set(
          (handle.pragma(`table_info(${quotedName(table)})`) as { name: string }[]).map(({ name }) => name),
        ),
      all: (statement, ...parameters) => handle.prepare(statement).all(...parameters) as ForeignRow[],
      close: () => void handle.close(),
    }
  } catch (cause) {
    throw invalid(`${file} cannot be read as a SQLite database: ${messageOf(cause)}`, { cause })
  }
}

/** Returns whether a file has the header of a SQLite database. @throws INVALID_PARAMETER_VALUE if it cannot be read */
export function isSqliteFile(file: string): boolean {
  const start = Buffer.alloc(MAGIC.length)
  try {
    const handle = openSync(file, 'r')
    try {
      return (
        readSync(handle, start, 0, start.length, 0) === start.length && start.toString('latin1') === MAGIC
      )
    } finally {
      closeSync(handle)
    }
  } catch (cause) {
    throw invalid(`${file} cannot be read: ${messageOf(cause)}`, { cause })
  }
}
