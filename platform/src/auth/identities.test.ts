import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestAuth, testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import { ADMINS, EVERYONE, LOCAL_OWNER } from './principal.js'

describe.each(databases)('identities on %s', (_, database) => {
  let auth: TestAuth
  beforeAll(async () => {
    auth = await testAuth(database)
  })
  afterAll(() => auth.close())
  const group = (name: string) => auth.identities.create('group', name)
  const user = (name: string) => auth.identities.create('user', name)

  test('are bootstrapped idempotently with the owner and everyone', async () => {
    await auth.identities.bootstrap()
    expect(await auth.identities.get('owner')).toMatchObject({ id: LOCAL_OWNER.id, type: 'user', active: 1 })
    expect(await auth.identities.get('account users')).toMatchObject({ id: EVERYONE.id })
    await expect(auth.identities.delete(LOCAL_OWNER.id)).rejects.toThrow('cannot be deleted')
    await expect(auth.identities.update(LOCAL_OWNER.id, { active: false })).rejects.toThrow('deactivated')
  })

  test('have names that are unique over all types and ids', async () => {
    const ada = await user('ada@example.org')
    await expect(group('ada@example.org')).rejects.toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS' })
    await expect(user(ada.id)).rejects.toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS' })
    await expect(user(LOCAL_OWNER.id)).rejects.toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS' })
    const eve = await user('eve')
    await expect(auth.identities.update(eve.id, { name: ada.name })).rejects.toMatchObject({
      code: 'RESOURCE_ALREADY_EXISTS',
    })
    expect((await auth.identities.get('eve')).id).toBe(eve.id)
  })

  test.each(['', ' padded', 'a/b', 'x'.repeat(256), 'tab\tbed', 'quote"d'])(
    'refuse the name %j',
    async (name) => {
      await expect(user(name)).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
    },
  )

  test.each([ADMINS.name, ADMINS.id])('cannot take the name %j of the administrators', async (name) => {
    const reserved = { code: 'RESOURCE_ALREADY_EXISTS', message: expect.stringContaining('reserved') }
    await expect(group(name)).rejects.toMatchObject(reserved)
    const { id } = await group(`not ${name}`)
    await expect(auth.identities.update(id, { name })).rejects.toMatchObject(reserved)
    expect(await auth.identities.find(name)).toBeUndefined()
  })

  test('are listed by type and name in pages with the total', async () => {
    for (const name of ['s3', 's1', 's2']) await auth.identities.create('service_principal', name)
    const { rows, total } = await auth.identities.list('service_principal', { offset: 1, limit: 1 })
    expect([rows.map((row) => row.name), total]).toEqual([['s2'], 3])
    expect((await auth.identities.list('service_principal', { ids: [] })).rows).toEqual([])
  })

  test('belong to groups indirectly, also through cycles', async () => {
    const [bo, inner, outer] = [await user('bo'), await group('inner'), await group('outer')]
    await auth.identities.addMember(inner.id, bo.id)
    await auth.identities.addMember(outer.id, inner.id)
    await auth.identities.addMember(inner.id, outer.id)
    expect(await auth.authorizer.identities(bo)).toEqual(new Set([bo.id, EVERYONE.id, inner.id, outer.id]))
    await auth.identities.removeMember(inner.id, bo.id)
    expect(await auth.authorizer.identities(bo)).toEqual(new Set([bo.id, EVERYONE.id]))
  })

  test('join a group atomically', async () => {
    const [team, cy, di] = [await group('team'), await user('cy'), await user('di')]
    await auth.identities.changeMembers(team.id, { add: [cy.id] })
    await expect(auth.identities.changeMembers(team.id, { replace: [di.id, 'nobody'] })).rejects.toThrow(
      "principal 'nobody' does not exist",
    )
    await expect(auth.identities.addMember(cy.id, di.id)).rejects.toThrow(`group '${cy.id}' does not exist`)
    await expect(auth.identities.addMember(EVERYONE.id, di.id)).rejects.toThrow('All principals belong')
    expect((await auth.identities.members(team.id)).map((one) => one.name)).toEqual(['cy'])
    await auth.identities.changeMembers(team.id, { replace: [di.id] })
    expect((await auth.identities.members(team.id)).map((one) => one.name)).toEqual(['di'])
    expect((await auth.identities.groupsOf(di.id)).map((one) => one.name)).toEqual(['team'])
  })

  test('are deleted with their tokens, grants and memberships', async () => {
    const [gone, team] = [await user('gone'), await group('left')]
    await auth.identities.addMember(team.id, gone.id)
    const { secret } = await auth.tokens.issue(gone.id, 'laptop')
    const [metastore] = auth.authorizer.metastore
    await auth.grants.change(metastore, [{ principal_id: gone.id, add: ['BROWSE'], remove: [] }], LOCAL_OWNER)
    await auth.identities.delete(gone.id)
    expect(await auth.tokens.findPrincipal(secret)).toBeUndefined()
    expect(await auth.identities.members(team.id)).toEqual([])
    expect(await auth.grants.onChain(auth.authorizer.metastore)).toEqual([])
  })
})
