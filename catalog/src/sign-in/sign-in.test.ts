import { CreateInvite, EndSessionsOf } from '@cairn/platform/protocol/cairn/sign-in'
import { CreateToken, DeleteToken, Users } from '@cairn/platform/protocol/databricks/identities'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../testing/browser.js'
import { failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

const PASSWORD = 'three small stones'

describe.each(databases)('signing in on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
  })
  afterAll(() => server.close())

  const person = async (name: string) => {
    const user = await server.context.identities.create('user', name)
    await server.context.passwords.set(user.id, PASSWORD)
    return user
  }
  const signedIn = async (name: string) => {
    const browser = new Browser(server.app)
    expect((await browser.post('sign-in', { name, password: PASSWORD })).statusCode).toBe(200)
    return browser
  }

  test('with name and password opens a session, which ends when the person signs out', async () => {
    const ada = await person('ada')
    const browser = await signedIn('ada')
    expect((await browser.get('account')).json()).toMatchObject({
      ...{
        id: ada.id,
        name: 'ada',
        type: 'user',
        has_password: true,
        manages_identities: false,
        reads_audit: false,
      },
      session_id: expect.any(String),
    })
    const stolen = browser.cookie
    expect((await browser.post('sign-out', {})).json()).toEqual({})
    expect(browser.cookie).toBe('')
    browser.cookie = stolen
    expect((await browser.get('account')).statusCode).toBe(401)
    expect((await browser.post('sign-out', {})).statusCode).toBe(200) // also of a session that has ended
  })

  test('says what was wrong, and nothing about which names exist', async () => {
    await person('bo')
    const browser = new Browser(server.app)
    const attempts = [
      await browser.post('sign-in', { name: 'bo', password: 'wrong' }),
      await browser.post('sign-in', { name: 'nobody', password: 'wrong' }),
    ]
    for (const answer of attempts) {
      expect(answer.statusCode).toBe(401)
      expect(answer.json().message).toBe('The name or the password is wrong.')
    }
    expect((await browser.post('sign-in', { token: 'cairn_x' })).json().message).toBe(
      'The token is unknown, expired or revoked.',
    )
    expect((await browser.post('sign-in', {})).statusCode).toBe(400)
    expect(browser.cookie).toBe('')
  })

  test('replaces the session that the browser had, and needs a page of this server', async () => {
    const cy = await person('cy')
    const browser = await signedIn('cy')
    const before = browser.cookie
    await browser.post('sign-in', { name: 'cy', password: PASSWORD })
    expect(browser.cookie).not.toBe(before)
    expect(await server.context.sessions.list(cy.id)).toHaveLength(1)
    const foreign = await browser.post('sign-in', { name: 'cy', password: PASSWORD }, 'cross-site')
    expect(foreign.statusCode).toBe(403)
    expect((await browser.post('sign-out', {}, 'cross-site')).statusCode).toBe(403)
    expect((await browser.get('account')).statusCode).toBe(200)
  })

  test('everywhere is undone by the person and by an administrator', async () => {
    const di = await person('di')
    const [one, other, third] = [await signedIn('di'), await signedIn('di'), await signedIn('di')]
    const { sessions } = (await one.get('sessions')).json()
    expect(sessions.map((session: { current: boolean }) => session.current).sort()).toEqual([
      false,
      false,
      true,
    ])
    const current = sessions.find((session: { current: boolean }) => session.current)
    expect((await other.delete(`sessions/${current.id}`)).statusCode).toBe(200)
    expect((await one.get('account')).statusCode).toBe(401)
    await other.post('sign-out', { everywhere: true })
    expect((await third.get('account')).statusCode).toBe(401)
    const fourth = await signedIn('di')
    await server.owner(EndSessionsOf, { id: di.id })
    expect((await fourth.get('account')).statusCode).toBe(401)
    const fifth = await signedIn('di')
    await server.owner(Users.Patch, {
      id: di.id,
      Operations: [{ op: 'replace', path: 'active', value: false }],
    })
    expect((await fifth.get('account')).statusCode).toBe(401)
  })

  test('with a token opens a session that ends with the token', async () => {
    const eve = await server.actor()
    const { token_value, token_info } = await eve.as(CreateToken, {})
    const browser = new Browser(server.app)
    expect((await browser.post('sign-in', { token: ` ${token_value}\n` })).statusCode).toBe(200)
    expect((await browser.get('account')).json()).toMatchObject({
      name: eve.principal.name,
      has_password: false,
    })
    await eve.as(DeleteToken, { token_id: token_info.token_id })
    expect((await browser.get('account')).statusCode).toBe(401)
  })

  test('with a new password ends the other sessions', async () => {
    await person('flo')
    const [one, other] = [await signedIn('flo'), await signedIn('flo')]
    const wrong = await one.post('account/password', {
      current_password: 'x',
      new_password: 'four large boulders',
    })
    expect([wrong.statusCode, wrong.json().message]).toEqual([
      400,
      "The value of 'current_password' is wrong.",
    ])
    const weak = await one.post('account/password', { current_password: PASSWORD, new_password: 'short' })
    expect([weak.statusCode, weak.json().message]).toEqual([400, expect.stringContaining('too short')])
    const change = { current_password: PASSWORD, new_password: 'four large boulders' }
    expect((await one.post('account/password', change)).statusCode).toBe(200)
    expect((await one.get('account')).statusCode).toBe(200)
    expect((await other.get('account')).statusCode).toBe(401)
    expect((await other.post('sign-in', { name: 'flo', password: PASSWORD })).statusCode).toBe(401)
  })

  test('a manager of identities gains no rights of administrators', async () => {
    const manager = await server.actor()
    await server.grant(manager.principal, 'metastore', '', 'MANAGE IDENTITIES')
    await server.owner(CreateInvite, { groups: ['workspace admins'] })
    expect(await failure(manager.as(EndSessionsOf, { id: 'local-owner' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('ask an administrator'),
    })
    expect(await failure(manager.as(CreateInvite, { groups: ['workspace admins'] }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    await manager.as(CreateInvite, {})
  })
})

test('failed attempts are counted by the address that a trusted proxy names, and by no other', async () => {
  const server = await testCatalog(databases[0]![1], {
    settings: { auth: 'required', trusted_proxies: '192.0.2.1' },
    now: () => 1_800_000_000_000, // attempts count for some time
  })
  const attempt = async (remoteAddress: string, client: string, n: number) => {
    const payload = { name: 'ada', password: `wrong ${n}` }
    const headers = { 'x-forwarded-for': client }
    const url = '/api/cairn/v1/sign-in'
    return (await server.app.inject({ method: 'POST', url, remoteAddress, headers, payload })).statusCode
  }
  for (let n = 0; n < 5; n++) expect(await attempt('192.0.2.1', '198.51.100.1', n)).toBe(401)
  expect(await attempt('192.0.2.1', '198.51.100.1', 5)).toBe(429)
  expect(await attempt('192.0.2.1', '198.51.100.2', 5)).toBe(401)
  for (let n = 0; n < 5; n++) expect(await attempt('203.0.113.9', `198.51.100.${n}`, n)).toBe(401)
  expect(await attempt('203.0.113.9', '198.51.100.77', 6)).toBe(429)
  await server.close()
})
