import type { Blobs } from '@cairn/platform/blobs/blobs'
import type { Config } from '@cairn/platform/config'
import type { Db, Transaction } from '@cairn/platform/db/db'
import type { RetentionRule } from '@cairn/platform/db/retention'
import type { CatalogSchema } from '../schema.js'
import { S3Error } from './errors.js'

const LIFETIME_DAYS = 1
const DAY_MS = 86_400_000
const GIB = 2 ** 30

export interface OpenUpload {
  /** Id of the principal that started the upload. */
  readonly principal: string
  readonly blobKey: string
  readonly uploadId: string
}

type Limits = Pick<Config, 's3_open_uploads' | 's3_open_upload_gib'>

/** Records multipart uploads, which bounds the unfinished data of a principal in the store, with any number of servers. */
export class OpenUploads {
  readonly #db: Db<CatalogSchema>
  readonly #limits: Limits
  readonly #now: () => number

  constructor(db: Db<CatalogSchema>, limits: Limits, now: () => number) {
    this.#db = db
    this.#limits = limits
    this.#now = now
  }

  /** @throws S3Error if the principal has too many open uploads */
  async add({ principal, blobKey, uploadId }: OpenUpload): Promise<void> {
    await this.#locked(principal, async (tx) => {
      const { uploads } = await totalOf(tx, principal)
      if (uploads >= this.#limits.s3_open_uploads)
        throw new S3Error(
          'SlowDown',
          503,
          `At most ${this.#limits.s3_open_uploads} multipart uploads may be open: complete or abort some.`,
        )
      const row = { upload_id: uploadId, principal_id: principal, blob_key: blobKey, bytes: 0 }
      await tx
        .insertInto('open_uploads')
        .values({ ...row, created_at: this.#now() })
        .execute()
    })
  }

  /**
   * Reserves the bytes of a part before it is sent. A part that replaces another counts too.
   *
   * @throws S3Error for an upload of another principal or object, for one older than a day, and beyond the limit
   */
  async reserve({ principal, blobKey, uploadId }: OpenUpload, bytes: number): Promise<void> {
    await this.#locked(principal, async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('open_uploads')
        .set((eb) => ({ bytes: eb('bytes', '+', bytes) }))
        .where('upload_id', '=', uploadId)
        .where('principal_id', '=', principal)
        .where('blob_key', '=', blobKey)
        .where('created_at', '>', this.#now() - LIFETIME_DAYS * DAY_MS)
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) throw new S3Error('NoSuchUpload', 404)
      const total = await totalOf(tx, principal)
      if (total.bytes > this.#limits.s3_open_upload_gib * GIB)
        throw new S3Error(
          'EntityTooLarge',
          400,
          `The parts of open multipart uploads may have ${this.#limits.s3_open_upload_gib} GiB together: complete or abort some.`,
        )
    })
  }

  /** Releases the bytes of a part that was not stored. */
  async release({ uploadId }: OpenUpload, bytes: number): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .updateTable('open_uploads')
        .set((eb) => ({ bytes: eb('bytes', '-', bytes) }))
        .where('upload_id', '=', uploadId)
        .execute(),
    )
  }

  async remove({ blobKey, uploadId }: Omit<OpenUpload, 'principal'>): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .deleteFrom('open_uploads')
        .where('upload_id', '=', uploadId)
        .where('blob_key', '=', blobKey)
        .execute(),
    )
  }

  /** Aborts uploads that are a day old. */
  retention({ multipart }: Blobs): RetentionRule {
    return {
      name: 'open uploads',
      days: LIFETIME_DAYS,
      purge: async (before, limit) => {
        const rows = await this.#db.read
          .selectFrom('open_uploads')
          .select(['upload_id as uploadId', 'blob_key as blobKey'])
          .where('created_at', '<', before)
          .orderBy('created_at')
          .limit(limit)
          .execute()
        for (const upload of rows) {
          await multipart?.abort(upload.blobKey, upload.uploadId)
          await this.remove(upload)
        }
        return rows.length
      },
    }
  }

  /** Serializes the changes of a principal, so that concurrent requests cannot exceed a limit together. */
  #locked(principal: string, change: (tx: Transaction<CatalogSchema>) => Promise<void>): Promise<void> {
    return this.#db.transaction(async (tx) => {
      await this.#db.dialect.lock(`uploads:${principal}`)?.execute(tx)
      await change(tx)
    })
  }
}

async function totalOf(tx: Transaction<CatalogSchema>, principal: string) {
  const { uploads, bytes } = await tx
    .selectFrom('open_uploads')
    .select((eb) => [eb.fn.countAll<number>().as('uploads'), eb.fn.sum<number | null>('bytes').as('bytes')])
    .where('principal_id', '=', principal)
    .executeTakeFirstOrThrow()
  return { uploads: Number(uploads), bytes: Number(bytes ?? 0) }
}
