import Database from 'better-sqlite3'
import { ApiError, messageOf } from '../errors.js'
import { columnsOf, quotedName, SNAPSHOT_ROWS, selection } from './columns.js'
import type { Snapshot, TableInfo } from './db.js'
import { hasCode } from './dialect.js'

/** In WAL mode a read transaction sees the file as it was at its first read, and no writer waits for it. */
export async function readSnapshot<T>(file: string, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const handle = new Database(file, { readonly: true, timeout: 10_000 })
  try {
    handle.exec('begin')
    return await work({ tables: tablesOf(handle), rows: (table) => rowsOf(handle, table) })
  } finally {
    handle.close()
  }
}

function tablesOf(handle: Database.Database): TableInfo[] {
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

async function* rowsOf(handle: Database.Database, { name, columns }: TableInfo) {
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
 * Writes a compact copy of a database that others may write to meanwhile. Unlike SQLite's page by page backup it never
 * begins again when they do.
 *
 * @param target a file that does not exist
 */
export function copySqlite(file: string, target: string): void {
  const handle = new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 })
  try {
    handle.prepare('vacuum into ?').run(target)
  } catch (cause) {
    if (!hasCode(cause, 'SQLITE_FULL')) throw cause
    const sentence = `The disk has no room for ${target}: free some space, or name another place.`
    throw new ApiError('INSUFFICIENT_STORAGE', sentence, { cause })
  } finally {
    handle.close()
  }
}

/** What SQLite finds wrong in a file; nothing when it is sound. */
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
 * Folds the log of committed writes into the file, where nobody else has it open; a damaged file has none to fold.
 *
 * @returns false when somebody has it open
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
