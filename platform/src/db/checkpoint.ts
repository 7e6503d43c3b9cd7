import type { Database } from 'better-sqlite3'

/** Pages in SQLite's log, and how many of them are in the file. */
export interface LogState {
  readonly log: number
  readonly checkpointed: number
}

/** Brings pages of the log into the file, as many as nobody has to wait for; `NOOP` only looks. */
export function checkpoint(handle: Database, mode: 'PASSIVE' | 'NOOP'): LogState {
  return (handle.pragma(`wal_checkpoint(${mode})`) as [LogState])[0]
}
