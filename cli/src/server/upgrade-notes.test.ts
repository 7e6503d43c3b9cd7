import { ensureAdmins } from '@cairn/platform/auth/admins'
import { Grants } from '@cairn/platform/auth/grants'
import { Identities } from '@cairn/platform/auth/identities'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { migrate } from '@cairn/platform/db/migrate'
import { databases } from '@cairn/platform/testing/databases'
import { describe, expect, onTestFinished, test } from 'vitest'
import { upgradeNotes } from './upgrade-notes.js'

const FOLDER = new URL('./migrations/', import.meta.resolve('@cairn/platform/auth/schema'))

describe.each(databases)('the upgrade to privileges on objects on %s', (_name, database) => {
  test('keeps what worked, and tells what it granted', async () => {
    const { db, close } = await database.open({ isEmpty: true })
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
    const applied = await migrate(db, 'auth', FOLDER, { upTo: 11 })
    expect(await upgradeNotes(old, applied)).toEqual([
      "granted CREATE EXPERIMENT to 'data' on metastore",
      "granted CREATE JOB to 'data' on metastore",
      "granted EDIT JOBS to 'data' on metastore",
      "granted MANAGE to 'web' on catalog c1",
    ])
    const { length } = await old.read.selectFrom('grants').selectAll().execute()
    expect(length).toBe(7)
    await migrate(db, 'auth', FOLDER)
    expect(await migrate(db, 'auth', FOLDER)).toEqual([])
  })

  test('gives holders of a level on endpoints what the level includes now', async () => {
    const { db, close } = await database.open({ isEmpty: true })
    onTestFinished(() => close())
    await migrate(db, 'auth', FOLDER, { upTo: 11 })
    const old = db.for<AuthSchema>()
    await old.transaction(async (tx) => {
      const row = { type: 'user' as const, display_name: '', active: 1 as const, created_at: 1 }
      await tx
        .insertInto('principals')
        .values(['mia', 'qi', 'max'].map((id) => ({ ...row, id, name: id })))
        .execute()
      const grant = { securable_type: 'serving_endpoint', granted_by: 'owner', granted_at: 1 } as const
      await tx
        .insertInto('grants')
        .values([
          { ...grant, principal_id: 'mia', securable_id: 'e1', privilege: 'MANAGE' },
          { ...grant, principal_id: 'qi', securable_id: 'e1', privilege: 'QUERY ENDPOINT' },
          {
            ...{ ...grant, principal_id: 'max', privilege: 'MANAGE' },
            ...{ securable_type: 'metastore', securable_id: 'metastore' },
          },
          {
            ...grant,
            principal_id: 'max',
            securable_type: 'experiment',
            securable_id: '1',
            privilege: 'MANAGE',
          },
        ])
        .execute()
    })
    const applied = await migrate(db, 'auth', FOLDER)
    expect(await upgradeNotes(old, applied)).toEqual([
      "granted VIEW ENDPOINT to 'max' on metastore",
      "granted QUERY ENDPOINT to 'mia' on serving_endpoint e1",
      "granted VIEW ENDPOINT to 'mia' on serving_endpoint e1",
      "granted VIEW ENDPOINT to 'qi' on serving_endpoint e1",
    ])
  })

  test('renames a group that has the name of the administrators', async () => {
    const { db, close } = await database.open({ isEmpty: true })
    onTestFinished(() => close())
    await migrate(db, 'auth', FOLDER, { upTo: 11 })
    const old = db.for<AuthSchema>()
    const row = { display_name: '', active: 1 as const, created_at: 1 }
    await old.transaction((tx) =>
      tx
        .insertInto('principals')
        .values([
          { ...row, type: 'group', id: 'g1', name: 'workspace admins' },
          { ...row, type: 'user', id: 'u1', name: 'workspace-admins' },
        ])
        .execute(),
    )
    await migrate(db, 'auth', FOLDER)
    const identities = new Identities(db.for())
    await ensureAdmins({ identities, grants: new Grants(db.for()) })
    const names = await old.read.selectFrom('principals').select(['id', 'name']).orderBy('id').execute()
    expect(names).toEqual([
      { id: 'g1', name: 'workspace admins g1' },
      { id: 'u1', name: 'workspace-admins u1' },
      { id: 'workspace-admins', name: 'workspace admins' },
    ])
  })
})
