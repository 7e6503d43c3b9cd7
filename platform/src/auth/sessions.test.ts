import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestAuth, testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import type { NewSession } from './sessions.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe.each(databases)('sessions on %s', (_, database) => {
  let auth: TestAuth
  beforeAll(async () => {
    auth = await testAuth(database)
  })
  afterAll(() => auth.close())

  const open = async (name: string, more: Partial<NewSession> = {}) => {
    const principal = (await auth.identities.find(name)) ?? (await auth.identities.create('user', name))
    const facts = { method: 'password', address: '10.0.0.1', userAgent: 'Firefox' } as const
    return { principal, ...(await auth.sessions.create({ principalId: principal.id, ...facts, ...more })) }
  }
  const nameOf = async (secret: string) => (await auth.sessions.find(secret))?.caller.name
  /** Waits for the write that does not delay the request. */
  const noted = (id: string, used_at: number) =>
    expect
      .poll(async () => (await auth.sessions.list((await auth.sessions.findById(id))!.id))[0]?.used_at)
      .toBe(used_at)

  test('find their user until they have been idle too long', async () => {
    const { secret, id, principal } = await open('ada')
    expect(await auth.sessions.find(secret)).toEqual({
      caller: { id: principal.id, type: 'user', name: 'ada', session: id },
      isRotationDue: false,
    })
    expect(await nameOf(`${secret}x`)).toBeUndefined()
    auth.clock.now += 50 * MINUTE
    expect(await nameOf(secret)).toBe('ada')
    await noted(id, auth.clock.now)
    auth.clock.now += 50 * MINUTE
    expect(await nameOf(secret)).toBe('ada')
    await noted(id, auth.clock.now)
    auth.clock.now += HOUR
    expect(await nameOf(secret)).toBeUndefined()
    expect(await auth.sessions.list(principal.id)).toEqual([])
  })

  test('end after their lifetime, however often they are used', async () => {
    const { secret, id } = await open('bo')
    for (let minutes = 0; minutes < 23 * 60; minutes += 55) {
      auth.clock.now += 55 * MINUTE
      expect(await nameOf(secret)).toBe('bo')
      await noted(id, auth.clock.now)
    }
    auth.clock.now += 30 * MINUTE
    expect(await nameOf(secret)).toBeUndefined()
  })

  test('end at once when they are ended, all of them, or their user is deactivated', async () => {
    const [one, other, third] = [await open('cy'), await open('cy'), await open('cy')]
    await expect(auth.sessions.end('local-owner', one.id)).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
    await auth.sessions.end(one.principal.id, one.id)
    expect([await nameOf(one.secret), await nameOf(other.secret)]).toEqual([undefined, 'cy'])
    await auth.sessions.endAll(one.principal.id, third.id)
    expect([await nameOf(other.secret), await nameOf(third.secret)]).toEqual([undefined, 'cy'])
    await auth.identities.update(one.principal.id, { active: false })
    expect(await nameOf(third.secret)).toBeUndefined()
    expect(await auth.sessions.findById(third.id)).toBeUndefined()
  })

  test('replace their secret after an hour; the old one is accepted until the new one has been used for a minute', async () => {
    const { secret, id } = await open('di')
    expect(await auth.sessions.rotate(secret)).toBeUndefined()
    auth.clock.now += HOUR / 2
    await auth.sessions.find(secret)
    await noted(id, auth.clock.now)
    auth.clock.now += HOUR / 2
    expect((await auth.sessions.find(secret))?.isRotationDue).toBe(true)
    const rotations = await Promise.all([auth.sessions.rotate(secret), auth.sessions.rotate(secret)])
    const [next, ...others] = rotations.filter((one) => one !== undefined)
    expect(others).toEqual([])
    expect(await auth.sessions.find(secret)).toMatchObject({ caller: { name: 'di' }, isRotationDue: false })
    auth.clock.now += 10 * MINUTE // the response with the new secret was lost
    expect((await auth.sessions.find(secret))?.isRotationDue).toBe(true)
    const last = (await auth.sessions.rotate(secret))!
    expect(await nameOf(next!)).toBeUndefined()
    expect(await nameOf(last)).toBe('di')
    const confirmed = () =>
      auth.db
        .for<{ sessions: { previous_until: number | null } }>()
        .read.selectFrom('sessions')
        .select('previous_until')
        .where('previous_until', 'is not', null)
        .execute()
    await expect.poll(confirmed).toHaveLength(1)
    expect(await nameOf(secret)).toBe('di')
    auth.clock.now += MINUTE
    expect([await nameOf(secret), await nameOf(last)]).toEqual([undefined, 'di'])
  })

  test('that were opened with a token have its scopes, and end with it', async () => {
    const { principal } = await open('eve')
    const scopes = ['read']
    const { token } = await auth.tokens.issue(principal.id, 'browser', { seconds: 600, scopes })
    const first = await open('eve', { method: 'token', tokenId: token.id })
    expect((await auth.sessions.find(first.secret))?.caller).toMatchObject({ scopes, token: token.id })
    await auth.tokens.revoke(principal.id, token.id)
    expect(await nameOf(first.secret)).toBeUndefined()
    const { token: short } = await auth.tokens.issue(principal.id, 'browser', { seconds: 600 })
    const second = await open('eve', { method: 'token', tokenId: short.id })
    expect(await nameOf(second.secret)).toBe('eve')
    auth.clock.now += 600_000
    expect(await nameOf(second.secret)).toBeUndefined()
  })

  test('are not stored in plain text', async () => {
    const { secret } = await open('flo')
    const rows = await auth.db.for<{ sessions: object }>().read.selectFrom('sessions').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(secret.slice(7))
  })
})
