import { migrate } from '@cairn/platform/db/migrate'
import { databases, type TestDatabase } from '@cairn/platform/testing/databases'
import { OpenUploads } from '../s3-gateway/open-uploads.js'
import type { CatalogSchema } from '../schema.js'

/** Open uploads on a new database, with a limit of `uploads` and 1 GiB. */
export async function testUploads({
  database = databases[0]![1],
  uploads = 100,
  now = Date.now,
}: {
  readonly database?: TestDatabase
  readonly uploads?: number
  readonly now?: () => number
} = {}) {
  const { db, close } = await database.open()
  await migrate(db, 'auth', new URL('./migrations/', import.meta.resolve('@cairn/platform/auth/schema')))
  await migrate(db, 'catalog', new URL('../migrations/', import.meta.url))
  const limits = { s3_open_uploads: uploads, s3_open_upload_gib: 1 }
  return { uploads: new OpenUploads(db.for<CatalogSchema>(), limits, now), close }
}
