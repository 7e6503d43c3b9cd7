import type { Readable } from 'node:stream'
import type { Blobs, Body } from '@cairn/platform/blobs/blobs'
import { limitBody } from '@cairn/platform/blobs/limit-body'
import type { Db } from '@cairn/platform/db/db'
import type { RetentionRule } from '@cairn/platform/db/retention'
import { ApiError } from '@cairn/platform/errors'
import { newId } from '@cairn/platform/mlflow/new-id'
import type { WorkspaceObjectRow, WorkspaceSchema } from '../schema.js'
import { noSuchPath } from './objects.js'
import { BytesExceededError, refundBytes } from './quota.js'

/** Databricks' limit for one uploaded file. */
const MAX_FILE_BYTES = 500 * 1024 * 1024
const FREED_AT_ONCE = 100

export interface StoredContent {
  readonly blob_key: string
  readonly size: number
}

/** Stores the contents of notebooks and files as blobs. New contents have new keys, so that readers see either the old or the new. */
export class Contents {
  readonly #db: Db<WorkspaceSchema>
  readonly #blobs: Blobs
  readonly #now: () => number

  constructor(db: Db<WorkspaceSchema>, blobs: Blobs, now: () => number) {
    this.#db = db
    this.#blobs = blobs
    this.#now = now
  }

  /**
   * Stores a blob, then calls `attach` to refer to it. A refused blob is deleted at once, because refused uploads could fill the
   * disk. If the owner exceeds its quota, its replaced and deleted contents are freed, and `attach` is called again.
   *
   * @throws PAYLOAD_TOO_LARGE; errors of the store and of `attach`
   */
  async put(body: Body, attach: (stored: StoredContent, hasFreed: boolean) => Promise<void>): Promise<void> {
    const stored = await this.#store(body)
    try {
      await attach(stored, false).catch(async (error: unknown) => {
        if (!(error instanceof BytesExceededError)) throw error
        await this.#free(error.owner)
        await attach(stored, true)
      })
    } catch (error) {
      // After any other error the blob may be in use.
      if (error instanceof ApiError) await this.#delete([stored.blob_key]).catch(() => undefined) // see `retention`
      throw error
    }
  }

  async #store(body: Body): Promise<StoredContent> {
    const blob_key = `workspace/${newId()}`
    await this.#db.transaction((tx) =>
      tx
        .insertInto('workspace_blobs')
        .values({ blob_key, object_id: null, changed_at: this.#now(), owner: null, size: null })
        .execute(),
    )
    const limited = body instanceof Uint8Array ? body : limitBody(body, MAX_FILE_BYTES, tooLarge)
    const { size } = await this.#blobs.put(blob_key, limited)
    return { blob_key, size }
  }

  /** @throws RESOURCE_CONFLICT if the content was replaced and freed after the row was read */
  async open({ blob_key, path }: WorkspaceObjectRow): Promise<Readable> {
    return this.#blobs.get(blob_key!).catch((cause: unknown) => {
      if (!(cause instanceof ApiError) || cause.code !== 'RESOURCE_DOES_NOT_EXIST') throw cause
      throw new ApiError('RESOURCE_CONFLICT', `Path (${path}) was changed meanwhile: try again.`, { cause })
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for a file that was deleted meanwhile */
  async read(row: WorkspaceObjectRow): Promise<Buffer> {
    if (row.blob_key === null) throw noSuchPath(row.path)
    const chunks: Buffer[] = []
    for await (const chunk of await this.open(row)) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  }

  /** Deletes blobs without an object: the content was replaced or deleted, or its upload failed. */
  retention(): RetentionRule {
    return { name: 'replaced workspace files', days: 1, purge: (before, limit) => this.#purge(before, limit) }
  }

  async #purge(before: number, limit: number): Promise<number> {
    const rows = await this.#db.read
      .selectFrom('workspace_blobs')
      .select('blob_key')
      .where('object_id', 'is', null)
      .where('changed_at', '<', before)
      .limit(limit)
      .execute()
    const keys = rows.map(({ blob_key }) => blob_key)
    if (keys.length > 0) await this.#delete(keys)
    return keys.length
  }

  /** Deletes the replaced and deleted contents of a principal. */
  async #free(owner: string) {
    for (;;) {
      const rows = await this.#db.read
        .selectFrom('workspace_blobs')
        .select('blob_key')
        .where('owner', '=', owner)
        .where('object_id', 'is', null)
        .limit(FREED_AT_ONCE)
        .execute()
      if (rows.length === 0) return
      await this.#delete(rows.map(({ blob_key }) => blob_key))
    }
  }

  async #delete(keys: readonly string[]) {
    for (const key of keys) await this.#blobs.delete(key)
    await this.#db.transaction(async (tx) => {
      const deleted = await tx
        .deleteFrom('workspace_blobs')
        .where('blob_key', 'in', keys)
        .returning(['owner', 'size'])
        .execute()
      await refundBytes(tx, deleted)
    })
  }
}

const tooLarge = () => new ApiError('PAYLOAD_TOO_LARGE', `A file has ${MAX_FILE_BYTES} bytes at most.`)
