import { migrate } from '@cairn/platform/db/migrate'
import { databases } from '@cairn/platform/testing/databases'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import type { WorkspaceSchema } from '../schema.js'

const FOLDER = new URL('../migrations/', import.meta.url)

test.each(databases)('the upgrade counts the files that principals own on %s', async (_, database) => {
  const { db: any, close } = await database.open({ isEmpty: true })
  onTestFinished(() => close())
  await migrate(any, 'auth', new URL('./migrations/', import.meta.resolve('@cairn/platform/auth/schema')))
  await migrate(any, 'workspace', FOLDER, { upTo: 4 })
  const db = any.for<WorkspaceSchema>()
  await db.transaction(async (tx) => {
    const files = [
      [1, 'ada', 5],
      [2, 'ada', 7],
      [3, 'bob', 1],
    ] as const
    for (const [id, owner, size] of files) {
      await sql`insert into workspace_objects (object_id, path, type, blob_key, size, created_at, modified_at)
        values (${id}, ${`/${id}`}, 'FILE', ${`b${id}`}, ${size}, 1, 1)`.execute(tx)
      await sql`insert into workspace_blobs (blob_key, object_id, changed_at) values (${`b${id}`}, ${id}, 1)`.execute(
        tx,
      )
      await sql`insert into securables (type, id, name, owner, created_at)
        values ('file', ${String(id)}, ${`/${id}`}, ${owner}, 1)`.execute(tx)
    }
    await sql`insert into workspace_blobs (blob_key, changed_at) values ('replaced', 1)`.execute(tx)
  })
  await migrate(any, 'workspace', FOLDER)
  const rows = await db.read.selectFrom('workspace_usage').selectAll().orderBy('owner').execute()
  expect(rows.map(({ owner, bytes }) => [owner, Number(bytes)])).toEqual([
    ['ada', 12],
    ['bob', 1],
  ])
})
