import type { Database, Statement } from 'better-sqlite3'

/** Pages in SQLite's log, and how many of them are in the file. */
export interface LogState {
  readonly log: number
  readonly checkpointed: number
}

/** Brings pages of the log into the file, as many as nobody has to wait for. */
export const checkpoint = (handle: Database): LogState =>
  (handle.pragma('wal_checkpoint(PASSIVE)') as [LogState])[0]

/** Only looks; prepared, as this is asked after every commit. */
export const stateOfLog = (handle: Database): Statement<[], LogState> =>
  handle.prepare<[], LogState>('pragma wal_checkpoint(NOOP)')
