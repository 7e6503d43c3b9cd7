import { describe, expect, onTestFinished, test } from 'vitest'
import { migrate } from '../db/migrate.js'
import { databases } from '../testing/databases.js'
import { Identities } from './identities.js'
import { LOCAL_OWNER } from './principal.js'
import type { AuthSchema } from './schema.js'
import { Securables } from './securables.js'

describe.each(databases)('objects of earlier releases on %s', (_name, database) => {
  test('belong to their creator, and not to a principal that got its name later', async () => {
    const { db, close } = await database.open()
    onTestFinished(() => close())
    await migrate(db, 'auth', new URL('./migrations/', import.meta.url))
    const identities = new Identities(db.for<AuthSchema>(), () => 1000)
    await identities.bootstrap()
    const ada = await identities.create('user', 'ada')
    const securables = new Securables(db.for())
    const job = (id: string, creator: string, created_at: number) => ({ id, name: id, creator, created_at })
    await securables.enterMissing('job', [
      job('after', 'ada', 1001),
      job('before', 'ada', 999),
      job('owners', LOCAL_OWNER.name, 1),
      job('unknown', 'bo', 2000),
    ])
    const owners = await securables.list('job', ['after', 'before', 'owners', 'unknown'])
    expect(Object.fromEntries(owners.map(({ id, owner }) => [id, owner]))).toEqual({
      ...{ after: ada.id, before: LOCAL_OWNER.id, owners: LOCAL_OWNER.id, unknown: LOCAL_OWNER.id },
    })
  })
})
