import { describe, expect, onTestFinished, test } from 'vitest'
import { migrate } from '../db/migrate.js'
import { databases } from '../testing/databases.js'
import type { AuthSchema } from './schema.js'
import { TEAMS_MIGRATION, upgradeNotes } from './upgrade-notes.js'

const FOLDER = new URL('./migrations/', import.meta.url)

describe.each(databases)('the upgrade to privileges on objects on %s', (_name, database) => {
  test('keeps what worked, and tells what it granted', async () => {
    const { db, close } = await database.open()
    onTestFinished(() => close())
    await migrate(db, 'auth', FOLDER, { upTo: 10 })
    const old = db.for<AuthSchema>()
    await old.transaction(async (tx) => {
      const row = { type: 'group' as const, display_name: '', active: 1 as const, created_at: 1 }
      await tx
        .insertInto('principals')
        .values(['data', 'web'].map((id) => ({ ...row, id, name: id })))
        .execute()
      const grant = { granted_by: 'owner', granted_at: 1 }
      await tx
        .insertInto('grants')
        .values([
          {
            ...{ principal_id: 'data', securable_type: 'metastore', securable_id: 'metastore' },
            ...{ ...grant, privilege: 'EDIT EXPERIMENTS' },
          },
          {
            ...{ principal_id: 'data', securable_type: 'metastore', securable_id: 'metastore' },
            ...{ ...grant, privilege: 'RUN JOBS' },
          },
          {
            ...{ principal_id: 'web', securable_type: 'catalog', securable_id: 'c1' },
            ...{ ...grant, privilege: 'ALL PRIVILEGES' },
          },
        ])
        .execute()
    })
    expect(await migrate(db, 'auth', FOLDER)).toEqual([TEAMS_MIGRATION])
    expect(await upgradeNotes(old)).toEqual([
      "granted CREATE EXPERIMENT to 'data' on metastore",
      "granted CREATE JOB to 'data' on metastore",
      "granted EDIT JOBS to 'data' on metastore",
      "granted MANAGE to 'web' on catalog c1",
    ])
    const { length } = await old.read.selectFrom('grants').selectAll().execute()
    expect(length).toBe(7)
    expect(await migrate(db, 'auth', FOLDER)).toEqual([])
  })
})
