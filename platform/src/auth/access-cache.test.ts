import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../errors.js'
import { type TestAuth, testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import { AccessCache, noteAccessChange } from './access-cache.js'
import { enterSecurable } from './securables.js'

describe.each(databases)('remembered access on %s', (_name, database) => {
  let auth: TestAuth
  beforeAll(async () => {
    auth = await testAuth(database)
  })
  afterAll(() => auth?.close())

  const counted = () => {
    let loads = 0
    return {
      load: async () => ++loads,
      get loads() {
        return loads
      },
    }
  }

  test('loads a fact once a second', async () => {
    const cache = new AccessCache<number>(auth.db, () => auth.clock.now)
    const source = counted()
    await cache.load('key', source.load)
    expect(cache.find('key')).toBe(1)
    auth.clock.now += 999
    expect(cache.find('key')).toBe(1)
    auth.clock.now += 1
    expect(cache.find('key')).toBeUndefined()
  })

  test('forgets everything after a change, also what was being loaded', async () => {
    const cache = new AccessCache<number>(auth.db, () => auth.clock.now)
    await cache.load('key', async () => 1)
    noteAccessChange(auth.db)
    expect(cache.find('key')).toBeUndefined()
    await cache.load('key', async () => {
      noteAccessChange(auth.db)
      return 2
    })
    expect(cache.find('key')).toBeUndefined()
  })

  test('a revoked token is rejected at once', async () => {
    const user = await auth.identities.create('user', 'mina')
    const { secret, token } = await auth.tokens.issue(user.id, 'laptop')
    expect(await auth.tokens.findPrincipal(secret)).toMatchObject({ name: 'mina' })
    await auth.tokens.revoke(user.id, token.id)
    expect(await auth.tokens.findPrincipal(secret)).toBeUndefined()
  })

  test('a deactivated principal is rejected at once', async () => {
    const user = await auth.identities.create('user', 'jun')
    const { secret } = await auth.tokens.issue(user.id, 'laptop')
    expect(await auth.tokens.findPrincipal(secret)).toMatchObject({ name: 'jun' })
    await auth.identities.update(user.id, { active: false })
    expect(await auth.tokens.findPrincipal(secret)).toBeUndefined()
  })

  test('a revoked grant and a left group deny at once', async () => {
    const user = await auth.identities.create('user', 'sora')
    const group = await auth.identities.create('group', 'web')
    const endpoint = { type: 'serving_endpoint', id: 'e1', name: 'movies', owner: 'nobody' } as const
    await auth.db.transaction((tx) => enterSecurable(tx, { ...endpoint, created_at: 1 }))
    const absent = () => missing('no such endpoint')
    const allowed = async () => {
      try {
        await auth.authorizer.requireOrRemember({ ...user }, 'QUERY ENDPOINT', endpoint, { absent })
        return true
      } catch {
        return false
      }
    }
    expect(await allowed()).toBe(false)
    await auth.grants.change(
      endpoint,
      [{ principal_id: group.id, add: ['QUERY ENDPOINT'], remove: [] }],
      user,
    )
    await auth.identities.addMember(group.id, user.id)
    expect(await allowed()).toBe(true)
    await auth.identities.removeMember(group.id, user.id)
    expect(await allowed()).toBe(false)
    await auth.identities.addMember(group.id, user.id)
    expect(await allowed()).toBe(true)
    await auth.grants.change(
      endpoint,
      [{ principal_id: group.id, add: [], remove: ['QUERY ENDPOINT'] }],
      user,
    )
    expect(await allowed()).toBe(false)
  })

  test('the names of groups follow memberships at once', async () => {
    const user = await auth.identities.create('user', 'hana')
    const group = await auth.identities.create('group', 'readers')
    const names = async () => [...(await auth.authorizer.idsAndNames(user))]
    expect(await names()).not.toContain(group.name)
    await auth.identities.addMember(group.id, user.id)
    expect(await names()).toContain(group.name)
    expect(auth.authorizer.idsAndNames(user)).toBeInstanceOf(Set) // remembered
    await auth.identities.removeMember(group.id, user.id)
    expect(await names()).not.toContain(group.name)
  })
})
