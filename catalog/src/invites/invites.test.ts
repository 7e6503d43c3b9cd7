import {
  CreateInvite,
  CreatePasswordReset,
  DeleteInvite,
  ListInvites,
} from '@cairn/platform/protocol/cairn/sign-in'
import { Groups, Users } from '@cairn/platform/protocol/databricks/identities'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../testing/browser.js'
import { failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

const PASSWORD = 'three small stones'
const codeOf = ({ url }: { url: string }) =>
  /^http:\/\/127\.0\.0\.1\/#\/join\?code=([\w-]{43})$/.exec(url)![1]!

describe.each(databases)('invitations on %s', (_, database) => {
  let server: TestCatalog
  const clock = { now: Date.now() }
  beforeAll(async () => {
    server = await testCatalog(database, { now: () => clock.now })
  })
  afterAll(() => server.close())

  test('let a person choose name and password, join groups and be signed in', async () => {
    await server.owner(Groups.Create, { displayName: 'modelling' })
    const link = await server.owner(CreateInvite, { groups: ['modelling'] })
    const browser = new Browser(server.app)
    const code = codeOf(link)
    expect((await browser.post('invites/look-up', { code })).json()).toEqual({
      ...{ purpose: 'join', name: '', expires_at: link.expires_at },
    })
    const person = { code, name: 'ada@example.org', display_name: 'Ada', password: PASSWORD }
    expect((await browser.post('invites/accept', person)).json()).toEqual({ name: 'ada@example.org' })
    expect((await browser.get('account')).json()).toMatchObject({
      ...{ name: 'ada@example.org', display_name: 'Ada', has_password: true },
      groups: [{ display: 'modelling' }],
    })
    const again = await new Browser(server.app).post('invites/accept', { ...person, name: 'eve' })
    expect([again.statusCode, again.json().message]).toEqual([
      400,
      expect.stringContaining('was used already'),
    ])
    const later = new Browser(server.app)
    expect((await later.post('sign-in', { name: 'ada@example.org', password: PASSWORD })).statusCode).toBe(
      200,
    )
  })

  test('stay usable after a refused attempt, and create one account of several attempts at once', async () => {
    const code = codeOf(await server.owner(CreateInvite, {}))
    const browser = new Browser(server.app)
    const refused = [
      { code, password: PASSWORD },
      { code, name: 'bo', password: 'short' },
      { code, name: 'owner', password: PASSWORD },
      { code: 'unknown', name: 'bo', password: PASSWORD },
    ]
    for (const body of refused) expect((await browser.post('invites/accept', body)).statusCode).toBe(400)
    expect(await server.context.identities.find('bo')).toBeUndefined()
    const attempts = ['bo', 'boris', 'bob'].map((name) =>
      new Browser(server.app).post('invites/accept', { code, name, password: PASSWORD }),
    )
    const statuses = (await Promise.all(attempts)).map((answer) => answer.statusCode)
    expect(statuses.sort()).toEqual([200, 400, 400])
  })

  test('are for one name if the administrator chose it', async () => {
    const code = codeOf(await server.owner(CreateInvite, { name: 'cy' }))
    const browser = new Browser(server.app)
    expect((await browser.post('invites/accept', { code, name: 'di', password: PASSWORD })).statusCode).toBe(
      400,
    )
    expect((await browser.post('invites/accept', { code, password: PASSWORD })).json()).toEqual({
      name: 'cy',
    })
    expect(await failure(server.owner(CreateInvite, { name: 'cy' }))).toMatchObject({
      message: "'name': the account 'cy' already exists.",
    })
    expect(await failure(server.owner(CreateInvite, { name: 'no/name' }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining("Invalid principal name 'no/name'"),
    })
    expect(await failure(server.owner(CreateInvite, { groups: ['account users', 'none'] }))).toMatchObject({
      message: "'groups[1]': the group 'none' does not exist.",
    })
  })

  test('expire, are listed until then, and can be withdrawn', async () => {
    const link = await server.owner(CreateInvite, { name: 'eve', hours: 1 })
    const other = await server.owner(CreateInvite, { name: 'flo', hours: 2 })
    const names = async () => (await server.owner(ListInvites, {})).invites.map(({ name }) => name)
    expect(await names()).toEqual(expect.arrayContaining(['eve', 'flo']))
    expect(JSON.stringify(await server.owner(ListInvites, {}))).not.toContain(codeOf(link))
    await server.owner(DeleteInvite, { id: other.id })
    const browser = new Browser(server.app)
    expect((await browser.post('invites/look-up', { code: codeOf(other) })).statusCode).toBe(400)
    clock.now += 3_600_000
    expect((await browser.post('invites/look-up', { code: codeOf(link) })).statusCode).toBe(400)
    expect(await names()).not.toContain('eve')
  })

  test('to set a password end all sessions of the user', async () => {
    const gus = await server.context.identities.create('user', 'gus')
    await server.context.passwords.set(gus.id, PASSWORD)
    const old = new Browser(server.app)
    await old.post('sign-in', { name: 'gus', password: PASSWORD })
    const code = codeOf(await server.owner(CreatePasswordReset, { id: gus.id }))
    const browser = new Browser(server.app)
    expect((await browser.post('invites/look-up', { code })).json()).toMatchObject({
      purpose: 'reset',
      name: 'gus',
    })
    await browser.post('invites/accept', { code, password: 'four large boulders' })
    expect((await old.get('account')).statusCode).toBe(401)
    expect((await browser.get('account')).json()).toMatchObject({ name: 'gus' })
    const idle = codeOf(await server.owner(CreatePasswordReset, { id: gus.id }))
    await server.owner(Users.Patch, {
      id: gus.id,
      Operations: [{ op: 'replace', path: 'active', value: false }],
    })
    const refused = await browser.post('invites/accept', { code: idle, password: PASSWORD })
    expect([refused.statusCode, refused.json().message]).toEqual([400, expect.stringContaining('unknown')])
  })

  test('are refused when their creator is deactivated or has lost a right, and work again with it', async () => {
    const { identities } = server.context
    const manager = await server.actor()
    await server.grant(manager.principal, 'metastore', '', 'MANAGE IDENTITIES')
    const group = await identities.create('group', 'promoted')
    const hal = await identities.create('user', 'hal')
    const reset = codeOf(await manager.as(CreatePasswordReset, { id: hal.id }))
    const join = codeOf(await manager.as(CreateInvite, { name: 'ida', groups: ['promoted'] }))
    expect((await server.owner(ListInvites, {})).invites.map(({ created_by }) => created_by)).toContain(
      manager.principal.name,
    )
    const statuses = async () => {
      const answers = []
      for (const code of [reset, join])
        answers.push(await new Browser(server.app).post('invites/accept', { code, password: PASSWORD }))
      return answers.map(({ statusCode }) => statusCode)
    }
    await identities.update(manager.principal.id, { active: false })
    expect(await statuses()).toEqual([403, 403])
    await identities.update(manager.principal.id, { active: true })
    await server.revoke(manager.principal, 'metastore', '', 'MANAGE IDENTITIES')
    expect(await statuses()).toEqual([403, 403])
    await server.grant(manager.principal, 'metastore', '', 'MANAGE IDENTITIES')
    for (const target of [hal, group]) await server.grant(target, 'metastore', '', 'MANAGE')
    expect(await statuses()).toEqual([403, 403])
    expect(await identities.find('ida')).toBeUndefined()
    expect(await server.context.passwords.has(hal.id)).toBe(false)
    for (const target of [hal, group]) await server.revoke(target, 'metastore', '', 'MANAGE')
    expect(await statuses()).toEqual([200, 200])
  })

  test('to set a password succeed once, of several links at the same moment', async () => {
    const lee = await server.context.identities.create('user', 'lee')
    const codes: string[] = []
    for (let i = 0; i < 4; i++) codes.push(codeOf(await server.owner(CreatePasswordReset, { id: lee.id })))
    const accept = async (code: string, password: string) =>
      (await new Browser(server.app).post('invites/accept', { code, password })).statusCode
    const weak = await Promise.all(codes.map((code) => accept(code, 'weak')))
    expect(weak).toEqual([400, 400, 400, 400])
    const statuses = await Promise.all(codes.map((code, i) => accept(code, `${PASSWORD} ${i}`)))
    expect(statuses.sort()).toEqual([200, 400, 400, 400])
  })

  test('to set a password end with the use of another one, a new password and a deactivation', async () => {
    const { identities, passwords } = server.context
    const jo = await identities.create('user', 'jo')
    const link = async () => codeOf(await server.owner(CreatePasswordReset, { id: jo.id }))
    const status = async (code: string, path = 'invites/look-up') =>
      (await new Browser(server.app).post(path, { code, password: PASSWORD })).statusCode
    const [first, second] = [await link(), await link()]
    expect(await status(first, 'invites/accept')).toBe(200)
    expect(await status(second)).toBe(400)
    const third = await link()
    const unrelated = codeOf(await server.owner(CreateInvite, { name: 'kim' }))
    await passwords.set(jo.id, 'four large boulders')
    expect(await status(third)).toBe(400)
    const fourth = await link()
    await identities.update(jo.id, { active: false })
    await identities.update(jo.id, { active: true })
    expect(await status(fourth)).toBe(400)
    const inviting = new Browser(server.app)
    const answer = await inviting.post('invites/accept', { code: unrelated, password: PASSWORD })
    expect(answer.statusCode).toBe(200)
  })
})
