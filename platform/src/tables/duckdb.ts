import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { ApiError, invalid } from '../errors.js'

export interface DuckDbOptions {
  /** Beyond this, work spills to `tempFolder`. Default: a quarter of the machine, between 512 MiB and 4 GiB. */
  readonly memoryBytes?: number
  /** Default: the machine's cores, 8 at most. */
  readonly threads?: number
  readonly tempFolder?: string
}

export interface QueryOptions {
  readonly signal?: AbortSignal | undefined
  /** How much of the statement that runs is done, 0 to 1, a few times a second. */
  readonly onProgress?: ((fraction: number) => void) | undefined
}

const MEBIBYTE = 1024 * 1024
const PROGRESS_MS = 250

let options: DuckDbOptions = {}
let instance: Promise<DuckDBInstance> | undefined

/** Bounds the process's one DuckDB; to be called before anything uses it. */
export function configureDuckDb(chosen: DuckDbOptions): void {
  if (instance) throw new Error('DuckDB is already open: configure it before its first use')
  options = chosen
}

/**
 * Runs `work` on a connection of its own to the process's shared DuckDB, opened at its first use: the engine takes
 * 40 MB that a server which reads no table need not pay. Nothing may INSTALL or LOAD: extensions are downloaded.
 *
 * @throws CANCELLED once `signal` aborts; DuckDB's own failures as `duckDbError` renders them
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
  /** What to throw for a failure of this connection's work. */
  failure(error: unknown): unknown
  close(): void
}

/** `withDuckDb` in pieces, for a generator that yields in between. */
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

/** DuckDB's message, told apart by the class it begins with. Anything else stays as it is. */
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

/** A value as an SQL string literal. */
export const sqlText = (value: string) => `'${value.replaceAll("'", "''")}'`

/** A name as an SQL identifier. */
export const sqlName = (name: string) => `"${name.replaceAll('"', '""')}"`

export const sqlList = (values: readonly string[]) => `[${values.map(sqlText).join(', ')}]`

async function openInstance(): Promise<DuckDBInstance> {
  try {
    const { DuckDBInstance } = await import('@duckdb/node-api')
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
    // Digests and casts read local times, so there is but one zone.
    await connection.run(`set global TimeZone = 'UTC'`)
    // Tables have no order to keep, and keeping the files' makes memory grow with them.
    await connection.run('set global preserve_insertion_order = false')
    // The system's page cache holds the same files, without counting against anybody's memory.
    await connection.run('set global enable_external_file_cache = false')
    connection.closeSync()
    return opened
  } catch (error) {
    instance = undefined
    throw error
  }
}
