import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestAuth, testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import { authenticator } from './authenticate.js'
import { type Caller, LOCAL_OWNER } from './principal.js'

type Attempt = (authorization: string | undefined, address: string, isForwarded?: boolean) => Promise<Caller>

describe.each(databases)('tokens on %s', (_, database) => {
  let auth: TestAuth
  beforeAll(async () => {
    auth = await testAuth(database)
  })
  afterAll(() => auth.close())

  test('authenticate their principal until they expire', async () => {
    const ada = await auth.identities.create('user', 'ada')
    const { secret, token } = await auth.tokens.issue(ada.id, 'laptop', { seconds: 60 })
    expect(token.expires_at).toBe(auth.clock.now + 60_000)
    expect(await auth.tokens.findPrincipal(secret)).toEqual({
      ...{ id: ada.id, type: 'user', name: 'ada' },
      token: token.id,
    })
    auth.clock.now += 60_000
    expect(await auth.tokens.findPrincipal(secret)).toBeUndefined()
  })

  test('can be revoked only by their own principal', async () => {
    const [bo, eve] = [
      await auth.identities.create('user', 'bo'),
      await auth.identities.create('user', 'eve'),
    ]
    const { secret, token } = await auth.tokens.issue(bo.id, 'ci')
    await expect(auth.tokens.revoke(eve.id, token.id)).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
    expect(await auth.tokens.findPrincipal(secret)).toBeDefined()
    await auth.tokens.revoke(bo.id, token.id)
    expect(await auth.tokens.findPrincipal(secret)).toBeUndefined()
    expect(await auth.tokens.list({ principalId: bo.id })).toEqual([])
  })

  test('keep their scopes, and have none by default', async () => {
    const kim = await auth.identities.create('user', 'kim')
    const scopes = ['serving:movies']
    const { secret, token } = await auth.tokens.issue(kim.id, 'web', { scopes })
    expect(token.scopes).toEqual(scopes)
    expect(await auth.tokens.findPrincipal(secret)).toEqual({
      ...{ id: kim.id, type: 'user', name: 'kim', scopes },
      token: token.id,
    })
    auth.clock.now += 1
    await auth.tokens.issue(kim.id, 'all', { seconds: 60 })
    expect(
      (await auth.tokens.list({ principalId: kim.id })).map(({ label, scopes }) => [label, scopes]),
    ).toEqual([
      ['all', undefined],
      ['web', scopes],
    ])
    expect((await auth.tokens.list())[1]).toMatchObject({ owner: 'kim', label: 'web', scopes })
  })

  test('are imported once and stay revoked', async () => {
    const ops = await auth.identities.create('service_principal', 'ops')
    const secret = 'a secret that somebody else generated'
    await auth.tokens.ensure(ops.id, 'from a file', secret)
    await auth.tokens.ensure(ops.id, 'from a file', secret)
    const [token, ...others] = await auth.tokens.list({ principalId: ops.id })
    expect(others).toEqual([])
    expect(await auth.tokens.findPrincipal(secret)).toMatchObject({ name: 'ops' })
    await auth.tokens.revoke(ops.id, token!.id)
    await auth.tokens.ensure(ops.id, 'from a file', secret)
    expect(await auth.tokens.findPrincipal(secret)).toBeUndefined()
  })

  test('are rejected while their principal is inactive', async () => {
    const cy = await auth.identities.create('user', 'cy')
    const { secret } = await auth.tokens.issue(cy.id, 'ci')
    await auth.identities.update(cy.id, { active: false })
    expect(await auth.tokens.findPrincipal(secret)).toBeUndefined()
    await auth.identities.update(cy.id, { active: true })
    expect(await auth.tokens.findPrincipal(secret)).toBeDefined()
  })

  test('are replaced by one that lives no longer', async () => {
    const gus = await auth.identities.create('user', 'gus')
    const { token } = await auth.tokens.issue(gus.id, 'ci', { seconds: 3_600 })
    auth.clock.now += 1_000_000
    const rotation = { seconds: 3_601, graceSeconds: 86_400 }
    await expect(auth.tokens.rotate(token.id, { ...rotation, longer: 'refuse' })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(/'lifetime_seconds' is more than the 3600 seconds of the token/),
    })
    const rotate = async (seconds: number | undefined, longer: 'allow' | 'refuse' | 'shorten') => {
      const { expires_at } = (await auth.tokens.rotate(token.id, { ...rotation, seconds, longer })).token
      return expires_at && (expires_at - auth.clock.now) / 1000
    }
    expect(await rotate(3_600, 'refuse')).toBe(3_600)
    expect(await rotate(7_200, 'shorten')).toBe(3_600)
    expect(await rotate(undefined, 'shorten')).toBe(3_600)
    expect(await rotate(7_200, 'allow')).toBe(7_200)
    const endless = await auth.tokens.issue(gus.id, 'old')
    const next = await auth.tokens.rotate(endless.token.id, { ...rotation, longer: 'refuse' })
    expect(next.token.expires_at).toBe(auth.clock.now + 3_601_000)
  })

  test('are revoked with the tokens that replace them at the same time', async () => {
    const { id } = await auth.identities.create('user', 'lea')
    for (let round = 0; round < 20; round++) {
      const { token } = await auth.tokens.issue(id, 'leaked')
      const replace = () =>
        auth.tokens
          .rotate(token.id, { seconds: 60, graceSeconds: 60, longer: 'allow' })
          .catch(() => undefined)
      const [first, , second] = await Promise.all([replace(), auth.tokens.revoke(id, token.id), replace()])
      for (const replacement of [first, second])
        if (replacement) expect(await auth.tokens.isAlive(replacement.token.id)).toBe(false)
    }
  })

  test('are not stored in plain text', async () => {
    const di = await auth.identities.create('user', 'di')
    const { secret } = await auth.tokens.issue(di.id, 'ci')
    const rows = await auth.db.for<{ tokens: object }>().read.selectFrom('tokens').selectAll().execute()
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(secret.slice(6))
  })

  test('are accepted as Bearer or Basic password; without one only loopback can be the owner', async () => {
    const flo = await auth.identities.create('user', 'flo')
    const { secret } = await auth.tokens.issue(flo.id, 'ci')
    const basic = `Basic ${Buffer.from(`token:${secret}`).toString('base64')}`
    const stores = { tokens: auth.tokens, sessions: auth.sessions, passwords: auth.passwords }
    const [local, closed] = [true, false].map((localOwner) => {
      const authenticate = authenticator({ ...stores, localOwner })
      return async (authorization: string | undefined, remoteAddress: string, isForwarded = false) =>
        (await authenticate({ authorization, remoteAddress, isForwarded: () => isForwarded })).caller
    }) as [Attempt, Attempt]
    expect((await closed(`Bearer ${secret}`, '10.0.0.1')).name).toBe('flo')
    expect((await closed(basic, '10.0.0.1')).name).toBe('flo')
    expect(await local(undefined, '127.0.0.1')).toEqual(LOCAL_OWNER)
    const refused = [
      () => closed(undefined, '127.0.0.1'),
      () => local(undefined, '10.0.0.1'),
      () => local(undefined, '127.0.0.1', true),
      () => local('Bearer wrong', '127.0.0.1'),
      () => local('Bearer ', '127.0.0.1'),
      () => local('Basic bm9jb2xvbg==', '127.0.0.1'),
      () => local('Digest x', '127.0.0.1'),
    ]
    for (const attempt of refused) await expect(attempt()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})
