import { setImmediate as nextTurn } from 'node:timers/promises'
import { lineOf, type RecordedQuery, sizeOf } from './payload-row.js'
import { RowBuffer } from './row-buffer.js'
import { Spool, type SpoolFile } from './spool.js'

export interface RowWriterOptions {
  /** The folder of this process. */
  readonly folder: string
  readonly limits?: Partial<RowLimits>
  /** Called when a spool is large enough to upload. */
  readonly onFull: () => void
  readonly onError: (error: unknown) => void
}

interface RowLimits {
  /** In memory. */
  readonly rows: number
  readonly bytes: number
  /** The sum over all files of this process that are not uploaded yet. */
  readonly diskBytes: number
  readonly batchMs: number
}

const LIMITS: RowLimits = { rows: 10_000, bytes: 64 * 1024 ** 2, diskBytes: 1024 ** 3, batchMs: 10 }
/** The writer yields to the event loop between batches. */
const BATCH_BYTES = 256 * 1024
const SPOOL_ROWS = 20_000
const SPOOL_BYTES = 64 * 1024 ** 2

/**
 * Appends rows to one file per table, in batches. Rows are formatted after the response, in the next turn of the event loop. A
 * crash loses about the last 10 ms. Rows are dropped and counted when memory or disk is full.
 */
export class RowWriter {
  readonly #options: RowWriterOptions
  readonly #limits: RowLimits
  readonly #spools = new Map<string, Spool>()
  #queries: RecordedQuery[] = []
  /** Formatted rows by table. */
  #filling = new Map<string, RowBuffer>()
  /** Receives rows while the others are written. */
  #spare = new Map<string, RowBuffer>()
  #pendingRows = 0
  #pendingBytes = 0
  #closed: SpoolFile[] = []
  /** The sum over closed files. */
  #diskBytes = 0
  #number = 0
  #formatting: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  #work: Promise<unknown> = Promise.resolve()
  written = 0
  dropped = 0

  constructor(options: RowWriterOptions) {
    this.#options = options
    this.#limits = { ...LIMITS, ...options.limits }
  }

  add(query: RecordedQuery): void {
    const { rows, bytes, diskBytes, batchMs } = this.#limits
    const size = sizeOf(query)
    if (this.#pendingRows >= rows || this.#pendingBytes + size > bytes || this.#diskBytes >= diskBytes) {
      this.dropped++
      return
    }
    this.#queries.push(query)
    this.#pendingRows++
    this.#pendingBytes += size
    this.#formatSoon()
    this.#timer ??= setTimeout(() => void this.#exclusive(() => this.#writeAll()), batchMs)
  }

  /** Writes all rows and ends the current files. @returns the files that the caller uploads, and then reports to `release` */
  async rotate(): Promise<SpoolFile[]> {
    await this.#exclusive(async () => {
      await this.#writeAll()
      for (const tableId of this.#spools.keys()) await this.#closeSpool(tableId)
    })
    const files = this.#closed
    this.#closed = []
    return files
  }

  /** Frees the space of a file that the caller has deleted. */
  release({ bytes }: SpoolFile): void {
    this.#diskBytes -= bytes
  }

  #exclusive(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => undefined)
    return done
  }

  #formatSoon() {
    this.#formatting ??= setImmediate(() => {
      this.#formatting = undefined
      this.#formatBatch()
      if (this.#queries.length > 0) this.#formatSoon()
    })
  }

  #formatBatch() {
    const queries = this.#queries
    let [count, bytes] = [0, 0]
    for (; count < queries.length && bytes < BATCH_BYTES; count++) bytes += this.#format(queries[count]!)
    this.#queries = count < queries.length ? queries.slice(count) : []
  }

  #format(query: RecordedQuery): number {
    const { tableId } = query.settings
    const buffer = this.#filling.get(tableId) ?? new RowBuffer()
    this.#filling.set(tableId, buffer)
    const size = sizeOf(query)
    buffer.add(lineOf(query), size)
    return size
  }

  async #writeAll() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (this.#formatBatch(); this.#queries.length > 0; this.#formatBatch()) await nextTurn()
    const writing = this.#filling
    this.#filling = this.#spare
    for (const [tableId, buffer] of writing) {
      await this.#write(tableId, buffer)
      if (buffer.rows === 0) writing.delete(tableId)
      this.#pendingRows -= buffer.rows
      this.#pendingBytes -= buffer.size
      buffer.clear()
    }
    this.#spare = writing
  }

  async #write(tableId: string, { bytes, rows }: RowBuffer) {
    if (rows === 0) return
    try {
      await this.#append(tableId, bytes, rows)
      this.written += rows
    } catch (error) {
      this.dropped += rows
      this.#options.onError(error)
      await this.#closeSpool(tableId).catch(this.#options.onError) // its last line may be incomplete
    }
  }

  async #append(tableId: string, bytes: Uint8Array, rows: number) {
    const { folder, onFull } = this.#options
    const spool = this.#spools.get(tableId) ?? (await Spool.open(folder, tableId, this.#number++))
    this.#spools.set(tableId, spool)
    await spool.append(bytes, rows)
    if (spool.rows < SPOOL_ROWS && spool.bytes < SPOOL_BYTES) return
    await this.#closeSpool(tableId)
    onFull()
  }

  async #closeSpool(tableId: string) {
    const spool = this.#spools.get(tableId)
    if (!spool) return
    this.#spools.delete(tableId)
    const file = await spool.close()
    this.#diskBytes += file.bytes
    this.#closed.push(file)
  }
}
