import type { Database, Statement } from 'better-sqlite3'

/** The number of pages in SQLite's write-ahead log, and how many of them were copied to the file. */
export interface LogState {
  readonly log: number
  readonly checkpointed: number
}

/** Copies pages of the log to the file without waiting for readers or the writer. */
export const checkpoint = (handle: Database): LogState =>
  (handle.pragma('wal_checkpoint(PASSIVE)') as [LogState])[0]

/** Reads the state without copying. The statement is prepared, because it runs after every commit. */
export const stateOfLog = (handle: Database): Statement<[], LogState> =>
  handle.prepare<[], LogState>('pragma wal_checkpoint(NOOP)')
