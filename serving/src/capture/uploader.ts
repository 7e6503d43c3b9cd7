import { rm } from 'node:fs/promises'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { ApiError, type ErrorCode } from '@cairn/platform/errors'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import type { Client } from '@cairn/platform/protocol/client'
import { TemporaryTableCredentials } from '@cairn/platform/protocol/unity/credentials'
import { keyOfTable } from '@cairn/platform/tables/governed-table'
import type { FastifyBaseLogger } from 'fastify'
import { deleteOldRows } from './retention.js'
import type { RowWriter } from './row-writer.js'
import type { CaptureSettings } from './settings.js'
import type { SpoolFile } from './spool.js'
import { uploadSpool } from './upload.js'

export interface UploaderParts {
  readonly blobs: Blobs
  /** Acts as the server. */
  readonly call: Client
  readonly writer: RowWriter
  /** Takes over the files of processes that have ended. */
  readonly leftovers: () => Promise<readonly SpoolFile[]>
  /** The settings of all recorded endpoints. */
  readonly settings: () => readonly CaptureSettings[]
  readonly now: () => number
  readonly log: Pick<FastifyBaseLogger, 'warn'>
}

const INTERVAL_MS = 5_000
/** The pause after an upload, in durations of the upload: each commit reads the log of its table, which grows with every commit. */
const PAUSE_FACTOR = 20
const MAX_PAUSE_MS = 300_000
const RETENTION_MS = 3_600_000
const LOCATION_MS = 600_000
const DAY_MS = 86_400_000

/** Uploads captured rows to their inference tables every few seconds and at the end, and deletes rows past the retention. */
export class Uploader {
  readonly #parts: UploaderParts
  readonly #poll: PollLoop
  /** Spools that could not be uploaded. */
  #failed: readonly SpoolFile[] = []
  readonly #locations = new Map<string, { readonly key: string; readonly until: number }>()
  #pausedUntil = 0
  #nextRetention = 0

  constructor(parts: UploaderParts) {
    this.#parts = parts
    this.#poll = new PollLoop({
      turn: () => this.#turn(),
      intervalMs: INTERVAL_MS,
      onError: (error) => this.#warn(error, 'inference tables could not be written; their rows are kept'),
      unref: true,
    })
  }

  start(): void {
    this.#poll.start()
  }

  /** Uploads now. */
  wake(): void {
    this.#pausedUntil = 0
    this.#poll.wake()
  }

  /** Uploads all waiting rows. Those that fail are uploaded after the next start. */
  async stop(): Promise<void> {
    await this.#poll.stop()
    await this.#upload().catch((error) =>
      this.#warn(error, 'rows of inference tables are uploaded after the next start'),
    )
  }

  async #turn() {
    const begun = performance.now()
    if (begun < this.#pausedUntil) return
    try {
      await this.#upload()
      if (begun >= this.#nextRetention) {
        await this.#deleteOldRows()
        this.#nextRetention = begun + RETENTION_MS
      }
    } finally {
      const ended = performance.now()
      this.#pausedUntil = ended + Math.min(MAX_PAUSE_MS, PAUSE_FACTOR * (ended - begun))
    }
  }

  /** @throws the last failure, after an attempt for each spool */
  async #upload() {
    const { writer, leftovers } = this.#parts
    const fresh = await writer.rotate()
    const repeated = new Map([...this.#failed, ...(await leftovers())].map((spool) => [spool.id, spool]))
    const failed: SpoolFile[] = []
    let failure: unknown
    for (const spool of [...repeated.values(), ...fresh])
      await this.#uploadOne(spool, repeated.has(spool.id)).catch((error) => {
        failed.push(spool)
        failure = error
      })
    this.#failed = failed
    if (failed.length > 0) throw failure
  }

  async #uploadOne(spool: SpoolFile, isRepeated: boolean) {
    const { blobs, writer } = this.#parts
    try {
      await uploadSpool(blobs, await this.#locationOf(spool.tableId), spool, { isRepeated })
    } catch (error) {
      if (!isRefused(error)) throw error
      this.#warn(error, `rows of the inference table ${spool.tableId} are dropped: it was deleted or changed`)
      await rm(spool.path, { force: true })
      this.#locations.delete(spool.tableId)
    }
    writer.release(spool)
  }

  async #deleteOldRows() {
    const { blobs, settings, now } = this.#parts
    for (const { tableId, retentionDays } of settings()) {
      if (retentionDays === undefined) continue
      await this.#locationOf(tableId)
        .then((location) => deleteOldRows(blobs, location, now() - retentionDays * DAY_MS))
        .catch((error) =>
          this.#warn(error, `old rows of the inference table ${tableId} could not be deleted`),
        )
    }
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for a deleted table */
  async #locationOf(table_id: string): Promise<string> {
    const { blobs, call } = this.#parts
    const known = this.#locations.get(table_id)
    if (known && known.until > performance.now()) return known.key
    const { url } = await call(TemporaryTableCredentials, { table_id, operation: 'READ_WRITE' })
    const key = keyOfTable(blobs, url)
    this.#locations.set(table_id, { key, until: performance.now() + LOCATION_MS })
    return key
  }

  #warn(err: unknown, message: string) {
    this.#parts.log.warn({ err }, message)
  }
}

const REFUSALS: readonly ErrorCode[] = [
  'RESOURCE_DOES_NOT_EXIST',
  'TABLE_NOT_FOUND',
  'INVALID_PARAMETER_VALUE',
]
const isRefused = (error: unknown) => error instanceof ApiError && REFUSALS.includes(error.code)
