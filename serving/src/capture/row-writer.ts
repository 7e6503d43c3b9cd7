import { groupBy } from '@cairn/platform/collections/group-by'
import { lineOf, type RecordedQuery, sizeOf } from './payload-row.js'
import { Spool, type SpoolFile } from './spool.js'

export interface RowWriterOptions {
  /** Of this process. */
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
  /** Of all files of this process that are not uploaded yet. */
  readonly diskBytes: number
  readonly batchMs: number
}

const LIMITS: RowLimits = { rows: 10_000, bytes: 64 * 1024 ** 2, diskBytes: 1024 ** 3, batchMs: 10 }
/** The event loop is free between batches. */
const BATCH_BYTES = 256 * 1024
const SPOOL_ROWS = 20_000
const SPOOL_BYTES = 64 * 1024 ** 2

/**
 * Appends rows to a file for each table, in batches, so that a query only adds to a list in memory. The end of the process
 * loses what it has not written: some 10 ms. When memory or disk are full, rows are dropped and counted.
 */
export class RowWriter {
  readonly #options: RowWriterOptions
  readonly #limits: RowLimits
  readonly #spools = new Map<string, Spool>()
  #waiting: RecordedQuery[] = []
  #waitingBytes = 0
  #closed: SpoolFile[] = []
  /** Of closed files. */
  #diskBytes = 0
  #number = 0
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
    if (this.#waiting.length >= rows || this.#waitingBytes + size > bytes || this.#diskBytes >= diskBytes) {
      this.dropped++
      return
    }
    this.#waiting.push(query)
    this.#waitingBytes += size
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

  /** The file has been deleted. */
  release({ bytes }: SpoolFile): void {
    this.#diskBytes -= bytes
  }

  #exclusive(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => undefined)
    return done
  }

  async #writeAll() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const rows = this.#waiting
    this.#waiting = []
    for (let start = 0; start < rows.length; ) {
      const end = this.#batchEnd(rows, start)
      await this.#writeBatch(rows.slice(start, end))
      start = end
    }
  }

  #batchEnd(rows: readonly RecordedQuery[], start: number): number {
    let end = start
    for (let bytes = 0; end < rows.length && bytes < BATCH_BYTES; end++) bytes += sizeOf(rows[end]!)
    return end
  }

  async #writeBatch(batch: readonly RecordedQuery[]) {
    for (const [tableId, queries] of groupBy(batch, ({ settings }) => settings.tableId)) {
      try {
        await this.#append(tableId, queries.map(lineOf).join(''), queries.length)
        this.written += queries.length
      } catch (error) {
        this.dropped += queries.length
        this.#options.onError(error)
        await this.#closeSpool(tableId).catch(this.#options.onError) // its last line may be incomplete
      }
    }
    for (const query of batch) this.#waitingBytes -= sizeOf(query)
  }

  async #append(tableId: string, text: string, rows: number) {
    const { folder, onFull } = this.#options
    const spool = this.#spools.get(tableId) ?? (await Spool.open(folder, tableId, this.#number++))
    this.#spools.set(tableId, spool)
    await spool.append(text, rows)
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
