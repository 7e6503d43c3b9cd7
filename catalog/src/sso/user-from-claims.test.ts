import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { type Config, loadConfig } from '@cairn/platform/config'
import { Groups, Users } from '@cairn/platform/protocol/databricks/identities'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestCatalog, testCatalog } from '../testing/catalog.js'
import { ExternalAccounts } from './external-accounts.js'
import { FlowCookie } from './flow-cookie.js'
import { userFromClaims } from './user-from-claims.js'

describe.each(databases)('people of an issuer on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
  })
  afterAll(() => server.close())

  const enter = async (
    claims: Record<string, unknown>,
    settings: Partial<Config> = {},
    signedInAs?: string,
  ) => {
    const { authorizer, identities, passwords, db } = server.context
    const accounts = new ExternalAccounts(db.for(), 'https://issuer.example.org')
    const options = {
      ...{ authorizer, identities, passwords, accounts, signedInAs },
      settings: { ...loadConfig({}), ...settings },
    }
    const sub = String(claims.sub ?? claims.email)
    const user = await userFromClaims(options, { email_verified: true, ...claims, sub })
    const groups = (await identities.groupsOf(user.id)).map(({ name }) => name)
    return { id: user.id, name: user.name, groups }
  }
  const open = { oidc_create_users: true }

  test('are those whom an administrator created, or all if the setting says so', async () => {
    await expect(enter({ email: 'ada@example.org' })).rejects.toMatchObject({ reason: 'unknown_person' })
    const ada = await server.owner(Users.Create, { userName: 'ada@example.org' })
    expect(await enter({ email: 'ada@example.org' })).toMatchObject({ id: ada.id })
    expect(await enter({ email: 'bo@example.org', name: 'Bo' }, open)).toMatchObject({
      name: 'bo@example.org',
    })
    expect(await enter({ email: 'bo@new.example.org', sub: 'bo@example.org' })).toMatchObject({
      name: 'bo@example.org', // the same person under another address
    })
  })

  test('do not inherit the account of somebody else', async () => {
    await enter({ email: 'cy@example.org', sub: '1' }, open)
    await server.owner(Groups.Create, { displayName: 'team' })
    const refused: [Record<string, unknown>, string][] = [
      [{ email: 'cy@example.org', sub: '2' }, 'name_taken'],
      [{ email: LOCAL_OWNER.name }, 'name_taken'],
      [{ email: LOCAL_OWNER.id }, 'name_taken'],
      [{ email: 'team' }, 'name_taken'],
      [{ email: 'di@example.org', email_verified: false }, 'no_name'],
      [{ sub: '3' }, 'no_name'],
    ]
    for (const [claims, reason] of refused)
      await expect(enter(claims, open)).rejects.toMatchObject({ reason })
  })

  test('take over no account with a password or of an administrator, unless its session links it', async () => {
    const { identities, passwords } = server.context
    const hal = await identities.create('user', 'hal@example.org')
    await passwords.set(hal.id, 'three small stones')
    const ida = await identities.create('user', 'ida@example.org')
    await server.grant(ida, 'metastore', '', 'MANAGE')
    const jo = await identities.create('user', 'jo@example.org')
    const [inner, outer] = [
      await identities.create('group', 'inner'),
      await identities.create('group', 'outer'),
    ]
    await identities.addMember(inner.id, jo.id)
    await identities.addMember(outer.id, inner.id)
    await server.grant(outer, 'metastore', '', 'ALL PRIVILEGES')
    for (const { id, name } of [hal, ida, jo]) {
      const stranger = { email: name, sub: id }
      for (const signedInAs of [undefined, 'another'])
        await expect(enter(stranger, open, signedInAs)).rejects.toMatchObject({
          reason: 'not_linked',
          message: expect.stringContaining('sign in with the password'),
        })
      expect(await enter(stranger, open, id)).toMatchObject({ id })
      expect(await enter(stranger, open)).toMatchObject({ id })
    }
  })

  test('need a verified address for a name or a domain, unless a setting trusts an issuer that omits it', async () => {
    const kim = { email: 'kim@example.org', email_verified: undefined }
    const trust = { ...open, oidc_trust_email: true }
    const domains = { oidc_allowed_domains: 'example.org' }
    for (const email_verified of [undefined, false, 'true'])
      await expect(enter({ ...kim, email_verified }, open)).rejects.toMatchObject({ reason: 'no_name' })
    await expect(enter(kim, { ...open, ...domains })).rejects.toMatchObject({ reason: 'not_allowed' })
    await expect(enter({ ...kim, email_verified: false }, trust)).rejects.toMatchObject({ reason: 'no_name' })
    expect(await enter(kim, { ...trust, ...domains })).toMatchObject({ name: kim.email })
  })

  test('are limited by domains and groups, and refused while deactivated', async () => {
    const domains = { ...open, oidc_allowed_domains: 'example.org, example.com' }
    for (const email of ['eve@evil.org', 'eve@example.org.evil.org', 'example.org@evil.org'])
      await expect(enter({ email }, domains)).rejects.toMatchObject({ reason: 'not_allowed' })
    await enter({ email: 'eve@Example.com' }, domains)
    const groups = { ...open, oidc_groups_claim: 'roles', oidc_allowed_groups: 'ml' }
    await expect(enter({ email: 'flo@x', roles: ['web'] }, groups)).rejects.toMatchObject({
      reason: 'not_allowed',
    })
    const { id } = await enter({ email: 'flo@x', roles: ['web', 'ml'] }, groups)
    await server.owner(Users.Patch, { id, Operations: [{ op: 'replace', path: 'active', value: false }] })
    await expect(enter({ email: 'flo@x', roles: 'ml' }, groups)).rejects.toMatchObject({
      reason: 'deactivated',
    })
  })

  test('join and leave the groups of the claim, but never administrators', async () => {
    for (const displayName of ['red', 'blue', 'own']) await server.owner(Groups.Create, { displayName })
    const settings = { ...open, oidc_groups_claim: 'groups' }
    const gus = { email: 'gus@example.org' }
    const { id, groups } = await enter(
      { ...gus, groups: ['red', 'none', 'workspace admins', 'account users'] },
      settings,
    )
    expect(groups).toEqual(['red'])
    await server.context.identities.addMember((await server.context.identities.get('own')).id, id)
    expect((await enter({ ...gus, groups: ['blue'] }, settings)).groups).toEqual(['blue', 'own'])
    expect((await enter({ ...gus, groups: 7 }, settings)).groups).toEqual(['own'])
  })

  test('join no group that administers or is nested in one, and leave one that begins to', async () => {
    const { identities } = server.context
    const settings = { ...open, oidc_groups_claim: 'groups' }
    const names = ['managing', 'privileged', 'nested', 'deep', 'plain']
    const [managing, privileged, nested, deep, plain] = await Promise.all(
      names.map((name) => identities.create('group', name)),
    )
    await server.grant(managing!, 'metastore', '', 'MANAGE')
    await server.grant(privileged!, 'metastore', '', 'ALL PRIVILEGES')
    await identities.addMember(managing!.id, nested!.id)
    await identities.addMember(nested!.id, deep!.id)
    const lea = { email: 'lea@example.org', groups: names }
    expect((await enter(lea, settings)).groups).toEqual(['plain'])
    await server.grant(plain!, 'metastore', '', 'MANAGE')
    expect((await enter(lea, settings)).groups).toEqual([])
  })
})

test('a flow is read back from its cookie only, for ten minutes', () => {
  const clock = { now: 1_000 }
  const cookies = new FlowCookie('secret', 'https://cairn.example.org', () => clock.now)
  const flow = { state: 's', nonce: 'n', codeVerifier: 'v', returnTo: '/#/models' }
  const [pair = ''] = cookies.write(flow).split(';')
  expect(pair).toMatch(/^__Host-cairn_sso=/)
  expect(cookies.read(pair)).toMatchObject(flow)
  expect(new FlowCookie('other', 'https://cairn.example.org', () => clock.now).read(pair)).toBeUndefined()
  for (const forged of [`${pair}x`, pair.replace('=', '=A'), '__Host-cairn_sso=.', '', undefined])
    expect(cookies.read(forged)).toBeUndefined()
  clock.now += 600_000
  expect(cookies.read(pair)).toBeUndefined()
})
