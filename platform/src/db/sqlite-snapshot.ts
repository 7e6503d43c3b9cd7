import type { Database as DatabaseHandle } from 'better-sqlite3'
import { ApiError, invalid, messageOf } from '../errors.js'
import { Database } from './better-sqlite3.js'
import type { Snapshot, SnapshotTable } from './db.js'
import { hasCode } from './dialect.js'
import { columnsOf, quotedName, SNAPSHOT_ROWS, selection } from './snapshot-columns.js'

/** Reads in one transaction, which in WAL mode sees the state of its first read, and does not block writers. */
export async function readSnapshot<T>(file: string, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const handle = new Database(file, { readonly: true, timeout: 10_000 })
  try {
    handle.exec('begin')
    return await work({ tables: tablesOf(handle), rows: (table) => rowsOf(handle, table) })
  } finally {
    handle.close()
  }
}

function tablesOf(handle: DatabaseHandle): SnapshotTable[] {
  const names = handle
    .prepare(
      `select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by rowid`,
    )
    .pluck()
    .all() as string[]
  return names.map((name) => ({
    name,
    columns: columnsOf(
      name,
      handle.pragma(`table_info(${quotedName(name)})`) as { name: string; type: string }[],
    ),
  }))
}

async function* rowsOf(handle: DatabaseHandle, { name, columns }: SnapshotTable) {
  let rows: Record<string, unknown>[] = []
  const statement = handle.prepare(`select ${selection(columns)} from ${quotedName(name)}`)
  for (const row of statement.iterate()) {
    rows.push(row as Record<string, unknown>)
    if (rows.length < SNAPSHOT_ROWS) continue
    yield rows
    rows = []
  }
  if (rows.length > 0) yield rows
}

/**
 * Writes a compact copy of a database. Unlike SQLite's page-wise backup, it does not start again when the database is written
 * meanwhile.
 *
 * @param target a file that does not exist
 */
export function copySqlite(file: string, target: string): void {
  const handle = new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 })
  try {
    handle.prepare('vacuum into ?').run(target)
  } catch (cause) {
    if (hasCode(cause, 'SQLITE_CANTOPEN'))
      throw invalid(`${target} cannot be written: make its folder writable, or choose another.`, { cause })
    if (!hasCode(cause, 'SQLITE_FULL')) throw cause
    const sentence = `No space left for ${target}. Free some space or choose another folder.`
    throw new ApiError('INSUFFICIENT_STORAGE', sentence, { cause })
  } finally {
    handle.close()
  }
}

/** Runs SQLite's check of a file. @returns its errors; none if the file is intact */
export function integrityErrors(file: string): string[] {
  const handle = new Database(file, { readonly: true, fileMustExist: true })
  try {
    const found = handle.pragma('quick_check') as { quick_check: string }[]
    return found.map((row) => row.quick_check).filter((sentence) => sentence !== 'ok')
  } catch (error) {
    if (hasCode(error, 'SQLITE_NOTADB', 'SQLITE_CORRUPT')) return [messageOf(error)]
    throw error
  } finally {
    handle.close()
  }
}

/**
 * Moves the write-ahead log into the file. Does nothing to a damaged file.
 *
 * @returns false if another process has the file open
 */
export function foldWriteAheadLog(file: string): boolean {
  const handle = new Database(file, { timeout: 0, fileMustExist: true })
  try {
    return handle.pragma('journal_mode = DELETE', { simple: true }) === 'delete'
  } catch (error) {
    return hasCode(error, 'SQLITE_NOTADB', 'SQLITE_CORRUPT')
  } finally {
    handle.close()
  }
}
