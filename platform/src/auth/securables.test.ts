import { describe, expect, onTestFinished, test } from 'vitest'
import { migrate } from '../db/migrate.js'
import { testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import { Identities } from './identities.js'
import { LOCAL_OWNER } from './principal.js'
import type { AuthSchema } from './schema.js'
import { enterSecurable, Securables } from './securables.js'

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

describe.each(databases)('the owner of an object on %s', (_name, database) => {
  test('is replaced, and rights are changed, only while it is the one with whom that was decided', async () => {
    const { db, grants, identities, securables, close } = await testAuth(database)
    onTestFinished(() => close())
    const [ada, bob, eve] = await Promise.all(
      ['ada', 'bob', 'eve'].map((name) => identities.create('user', name)),
    )
    const object = { type: 'experiment', id: '1', name: 'e', owner: ada!.id } as const
    await db.for<AuthSchema>().transaction((tx) => enterSecurable(tx, { ...object, created_at: 1 }))
    const denial = [{ principal_id: bob!.id, add: ['DENY'] as const, remove: [] }]
    await grants.change(object, denial, LOCAL_OWNER, { ownedAs: ada!.id })
    await securables.setOwner(object, bob!.id)
    expect(await grants.onChain([object])).toEqual([])
    const conflict = {
      code: 'RESOURCE_CONFLICT',
      message: expect.stringContaining("owner of experiment 'e'"),
    }
    await expect(securables.setOwner(object, eve!.id)).rejects.toMatchObject(conflict)
    const late = grants.change(object, denial, LOCAL_OWNER, { ownedAs: ada!.id })
    await expect(late).rejects.toMatchObject(conflict)
    expect((await securables.find('experiment', '1'))!.owner).toBe(bob!.id)
    expect(await grants.onChain([object])).toEqual([])
  })
})
