import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { ApiError, invalid } from '../errors.js'
import { loadDuckDb } from './load-duckdb.js'

export interface DuckDbOptions {
  /** The memory that is used before `tempFolder`. Default: a quarter of the machine's, between 512 MiB and 4 GiB. */
  readonly memoryBytes?: number
  /** Default: the number of cores, at most 8. */
  readonly threads?: number
  readonly tempFolder?: string
}

export interface QueryOptions {
  readonly signal?: AbortSignal | undefined
  /** Called a few times a second with the progress of the running statement, from 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined
}

const MEBIBYTE = 1024 * 1024
const PROGRESS_MS = 250

let options: DuckDbOptions = {}
let instance: Promise<DuckDBInstance> | undefined

/** Sets the limits of the process's shared DuckDB. An instance that is open keeps those it was opened with. */
export function configureDuckDb(chosen: DuckDbOptions): void {
  options = chosen
}

/**
 * Runs `work` on a separate connection to the process's shared DuckDB, which opens at its first use because it takes 40 MB.
 * INSTALL and LOAD are disabled, because they download extensions.
 *
 * @throws CANCELLED when `signal` aborts; DuckDB's errors mapped by `duckDbError`
 */
export async function withDuckDb<T>(
  work: (connection: DuckDBConnection) => Promise<T>,
  options: QueryOptions = {},
): Promise<T> {
  const session = await openSession(options)
  try {
    return await work(session.connection)
  } catch (error) {
    throw session.failure(error)
  } finally {
    session.close()
  }
}

export interface DuckDbSession {
  readonly connection: DuckDBConnection
  /** Maps a failure of this connection's work to the error to throw. */
  failure(error: unknown): unknown
  close(): void
}

/** Opens a session for generators, which cannot use `withDuckDb`. */
export async function openSession({ signal, onProgress }: QueryOptions = {}): Promise<DuckDbSession> {
  const cancelled = () => new ApiError('CANCELLED', 'The work was cancelled', { cause: signal?.reason })
  if (signal?.aborted) throw cancelled()
  instance ??= openInstance()
  const connection = await (await instance).connect()
  if (onProgress)
    await connection.run('set enable_progress_bar = true; set enable_progress_bar_print = false')
  const interrupt = () => connection.interrupt()
  const report = () => onProgress?.(Math.max(0, connection.progress.percentage) / 100)
  const timer = onProgress && setInterval(report, PROGRESS_MS)
  signal?.addEventListener('abort', interrupt)
  return {
    connection,
    failure: (error) => (signal?.aborted ? cancelled() : duckDbError(error)),
    close: () => {
      clearInterval(timer)
      signal?.removeEventListener('abort', interrupt)
      connection.closeSync()
    },
  }
}

/** Maps DuckDB's errors by the class at the start of the message. Other errors are returned unchanged. */
export function duckDbError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ApiError) return error
  const message = error.message.trim()
  const cause = { cause: error }
  if (/No space left|failed to write.*space/i.test(message))
    return new ApiError('INSUFFICIENT_STORAGE', 'No space left for the data or its temporary files', cause)
  if (message.startsWith('Out of Memory Error'))
    return new ApiError('RESOURCE_EXHAUSTED', 'The query needs more memory than DuckDB may use', cause)
  if (/^(Conversion|Invalid Input|Out of Range|Invalid) Error/.test(message)) return invalid(message, cause)
  return error
}

/** Returns a value as an SQL string literal. */
export const sqlText = (value: string) => `'${value.replaceAll("'", "''")}'`

/** Returns a name as an SQL identifier. */
export const sqlName = (name: string) => `"${name.replaceAll('"', '""')}"`

export const sqlList = (values: readonly string[]) => `[${values.map(sqlText).join(', ')}]`

async function openInstance(): Promise<DuckDBInstance> {
  try {
    const { DuckDBInstance } = await loadDuckDb()
    const quarter = Math.min(Math.max(totalmem() / 4, 512 * MEBIBYTE), 4096 * MEBIBYTE)
    const memory = Math.floor((options.memoryBytes ?? quarter) / MEBIBYTE)
    const opened = await DuckDBInstance.create(':memory:', {
      memory_limit: `${memory}MiB`,
      threads: String(options.threads ?? Math.min(availableParallelism(), 8)),
      temp_directory: options.tempFolder ?? join(tmpdir(), `cairn-duckdb-${process.pid}`),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    const connection = await opened.connect()
    // Digests and casts depend on the time zone, so it is fixed.
    await connection.run(`set global TimeZone = 'UTC'`)
    // Tables are unordered, and preserving the order of files would take memory proportional to them.
    await connection.run('set global preserve_insertion_order = false')
    // The page cache of the operating system caches the same files already.
    await connection.run('set global enable_external_file_cache = false')
    connection.closeSync()
    return opened
  } catch (error) {
    instance = undefined
    throw error
  }
}
