import { METASTORE } from '@cairn/platform/auth/metastore'
import { EVERYONE, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { enterSecurable } from '@cairn/platform/auth/securables'
import { ReviewObject, ReviewPrincipal } from '@cairn/platform/protocol/cairn/access-review'
import { UpdateSchema } from '@cairn/platform/protocol/unity/schemas'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Actor,
  aCatalog,
  aSchema,
  aTable,
  failure,
  type TestCatalog,
  testCatalog,
} from '../testing/catalog.js'

describe.each(databases)('access review on %s', (_, database) => {
  let server: TestCatalog
  let ada: Actor
  let bob: Actor
  let auditor: Actor
  beforeAll(async () => {
    server = await testCatalog(database)
    const { identities } = server.context
    ada = await server.actor('user', 'ada')
    bob = await server.actor('user', 'bob')
    auditor = await server.actor('user', 'auditor')
    await server.grant(auditor.principal, 'metastore', '', 'READ AUDIT')
    const team = await identities.create('group', 'team')
    const department = await identities.create('group', 'department')
    await identities.addMember(team.id, ada.principal.id)
    await identities.addMember(department.id, team.id)
    await identities.addMember(team.id, department.id) // a cycle
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.s')
    await aTable(server.owner, 'main.s.t')
    await server.owner(UpdateSchema, { full_name: 'main.s', owner: 'bob' })
    await server.grant(department, 'catalog', 'main', 'USE CATALOG', 'SELECT')
    await server.grant(EVERYONE, 'schema', 'main.s', 'USE SCHEMA')
    await server.context.db.for<AuthSchema>().transaction(async (tx) => {
      for (const [id, owner] of [
        ['1', ada.principal.id],
        ['2', bob.principal.id],
      ] as const)
        await enterSecurable(tx, { type: 'experiment', id, name: `/e${id}`, owner, created_at: 1 })
    })
  })
  afterAll(() => server.close())

  const TABLE = { securable_type: 'table', full_name: 'main.s.t' }

  test('names everybody with a privilege on an object, with the grant, where it is and the path of groups', async () => {
    const { entries } = await server.owner(ReviewObject, TABLE)
    const privileges = Object.fromEntries(entries.map((one) => [one.principal, one.privileges]))
    // Bob owns the schema, but lacks USE CATALOG: nothing in it is allowed.
    expect(Object.keys(privileges).sort()).toEqual(['ada', 'department', 'owner', 'team'])
    const below = { holder: 'department', groups: ['team', 'department'] }
    expect(privileges.ada).toEqual([
      {
        ...{ privilege: 'SELECT', others: [] },
        revoke_to_end: [{ privilege: 'SELECT', securable_type: 'catalog', securable: 'main', ...below }],
        basis: [
          {
            ...{ privilege: 'SELECT', securable_type: 'catalog', securable: 'main' },
            ...{ holder: 'department', groups: ['team', 'department'] },
          },
          {
            ...{ privilege: 'USE SCHEMA', securable_type: 'schema', securable: 'main.s' },
            ...{ holder: 'account users', groups: ['account users'] },
          },
          {
            ...{ privilege: 'USE CATALOG', securable_type: 'catalog', securable: 'main' },
            ...{ holder: 'department', groups: ['team', 'department'] },
          },
        ],
      },
    ])
    expect(privileges.owner!.map((one) => one.privilege)).toEqual(['SELECT', 'MODIFY', 'BROWSE', 'MANAGE'])
    expect(privileges.owner![0]!.basis[0]).toEqual({
      ...{ privilege: 'OWNER', securable_type: 'table', securable: 'main.s.t', holder: 'owner', groups: [] },
    })
  })

  test('names all grants that give a privilege, and the fewest to revoke to end it', async () => {
    const object = { type: 'experiment', id: '7', name: '/e7', owner: LOCAL_OWNER.id } as const
    const { grants, identities, db } = server.context
    await db.for<AuthSchema>().transaction((tx) => enterSecurable(tx, { ...object, created_at: 1 }))
    const [dora, crew] = [await server.actor('user', 'dora'), await identities.create('group', 'crew')]
    await identities.addMember(crew.id, dora.principal.id)
    const give = (principal_id: string, privilege: 'READ EXPERIMENTS' | 'ALL PRIVILEGES', on = object) =>
      grants.change(on, [{ principal_id, add: [privilege], remove: [] }], LOCAL_OWNER)
    await give(dora.principal.id, 'READ EXPERIMENTS')
    await give(crew.id, 'ALL PRIVILEGES')
    await give(crew.id, 'READ EXPERIMENTS', METASTORE[0] as unknown as typeof object)
    const reading = async (who: string) => {
      const { entries } = await server.owner(ReviewObject, { securable_type: 'experiment', full_name: '7' })
      const { privileges } = entries.find(({ principal }) => principal === who)!
      return privileges.find(({ privilege }) => privilege === 'READ EXPERIMENTS')!
    }
    const facts = (reasons: Awaited<ReturnType<typeof reading>>['others'] = []) =>
      reasons
        .map(({ holder, privilege, securable_type }) => `${privilege} on ${securable_type}: ${holder}`)
        .sort()
    const ofDora = await reading('dora')
    expect(ofDora.basis).toHaveLength(1)
    const all = [
      'ALL PRIVILEGES on experiment: crew',
      'READ EXPERIMENTS on experiment: dora',
      'READ EXPERIMENTS on metastore: crew',
    ]
    expect(facts([...ofDora.basis, ...ofDora.others])).toEqual(all)
    expect(facts(ofDora.revoke_to_end)).toEqual(all)
    const ofOwner = await reading('owner')
    expect([facts(ofOwner.basis), ofOwner.revoke_to_end]).toEqual([['OWNER on experiment: owner'], undefined])
    for (const one of [dora.principal, crew]) await identities.delete(one.id)
  })

  test('lists what a principal can do on every kind of object', async () => {
    const { entries, principal } = await auditor.as(ReviewPrincipal, { principal: 'ada' })
    expect(principal).toBe('ada')
    expect(
      entries.map((one) => [
        one.securable_type,
        one.full_name,
        one.privileges.map(({ privilege }) => privilege).join(', '),
      ]),
    ).toEqual([
      ['experiment', '/e1', 'MANAGE, READ EXPERIMENTS, EDIT EXPERIMENTS'],
      ['catalog', 'main', 'USE CATALOG, SELECT'],
      ['schema', 'main.s', 'USE SCHEMA, SELECT'],
      ['table', 'main.s.t', 'SELECT'],
    ])
    const own = await ada.as(ReviewPrincipal, {})
    expect(own.entries).toEqual(entries)
  })

  test('a page of any size leads to the same review', async () => {
    for (const [op, input] of [
      [ReviewObject, { securable_type: 'schema', full_name: 'main.s' }],
      [ReviewPrincipal, { principal: 'owner' }],
    ] as const) {
      const whole = (await server.owner(op as typeof ReviewObject, input as never)).entries
      const collected: unknown[] = []
      let page_token: string | undefined
      do {
        const page = await server.owner(
          op as typeof ReviewObject,
          { ...input, max_results: 1, ...(page_token && { page_token }) } as never,
        )
        expect(page.entries.length).toBeLessThanOrEqual(1)
        collected.push(...page.entries)
        page_token = page.next_page_token ?? undefined
      } while (page_token)
      expect(collected).toEqual(whole)
      expect(whole.length).toBeGreaterThan(3)
    }
  })

  test('is for managers and auditors; others get the answer for an absent object', async () => {
    expect(
      (await ada.as(ReviewObject, { securable_type: 'experiment', full_name: '1' })).entries,
    ).toMatchObject([{ principal: 'ada' }, { principal: 'owner' }])
    expect(
      (await auditor.as(ReviewObject, { securable_type: 'experiment', full_name: '/e2' })).full_name,
    ).toBe('/e2')
    const answer = (type: string, full_name: string) =>
      failure(bob.as(ReviewObject, { securable_type: type, full_name })).then(({ code, message }) =>
        `${code} ${message}`.replaceAll(full_name, 'NAME'),
      )
    expect(await answer('experiment', '1')).toBe(await answer('experiment', '9'))
    expect(await answer('table', 'main.s.t')).toBe(await answer('table', 'main.s.x'))
    expect(await failure(ada.as(ReviewObject, TABLE))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('lacks MANAGE on table'),
    })
    expect(await failure(ada.as(ReviewPrincipal, { principal: 'bob' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('READ AUDIT on metastore'),
    })
    expect(await failure(auditor.as(ReviewPrincipal, { principal: 'nobody' }))).toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
    expect(await failure(auditor.as(ReviewObject, { ...TABLE, full_name: 'main.s.x' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    expect(await failure(auditor.as(ReviewObject, { ...TABLE, page_token: 'eA' }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('shows managers the members of groups with a grant on the object, and of others only the group', async () => {
    const { identities } = server.context
    const cy = await server.actor('user', 'cy')
    const near = await identities.create('group', 'near')
    await identities.addMember(near.id, cy.principal.id)
    await server.grant(near, 'table', 'main.s.t', 'SELECT')
    await server.grant(near, 'catalog', 'main', 'USE CATALOG')
    const manager = await server.actor('user', 'manager')
    await server.grant(manager.principal, 'table', 'main.s.t', 'MANAGE')
    await server.grant(manager.principal, 'catalog', 'main', 'USE CATALOG')
    const names = async (who: Actor['as']) =>
      (await who(ReviewObject, TABLE)).entries.map(({ principal }) => principal).sort()
    expect(await names(manager.as)).toEqual(['cy', 'department', 'manager', 'near', 'owner'])
    expect(await names(auditor.as)).toEqual([
      ...['ada', 'cy', 'department', 'manager', 'near', 'owner', 'team'],
    ])
    const far = await identities.create('group', 'far')
    await identities.addMember(far.id, cy.principal.id)
    await server.grant(far, 'catalog', 'main', 'SELECT')
    const reading = async (who: Actor['as']) => {
      const { entries } = await who(ReviewObject, TABLE)
      return entries.find(({ principal }) => principal === 'cy')!.privileges[0]!
    }
    expect(await reading(manager.as)).toMatchObject({ privilege: 'SELECT', others: [], others_left_out: 1 })
    expect(await reading(auditor.as)).toMatchObject({ others: [{ holder: 'far' }] })
    for (const one of [near, far, cy.principal, manager.principal]) await identities.delete(one.id)
  })

  test.each([
    'access-review/principal',
    'access-review/principal.csv',
    'access-review/object?securable_type=table&full_name=main.s.t',
    'access-review/object.csv?securable_type=table&full_name=main.s.t',
    'access-requests',
  ])('GET %s spans all services, so a token for one is refused', async (path) => {
    for (const [scope, status] of [
      ['catalog', 403],
      ['read', 200],
    ] as const) {
      const { secret } = await server.context.tokens.issue(auditor.principal.id, scope, { scopes: [scope] })
      const { statusCode } = await server.app.inject({
        url: `/api/cairn/v1/${path}`,
        headers: { authorization: `Bearer ${secret}` },
      })
      expect([scope, statusCode]).toEqual([scope, status])
    }
  })

  test('exports both directions as CSV that no spreadsheet executes', async () => {
    const { identities, grants } = server.context
    const evil = await identities.create('group', '+evil')
    await grants.change(METASTORE[0], [{ principal_id: evil.id, add: ['BROWSE'], remove: [] }], LOCAL_OWNER)
    const get = async (url: string) => {
      const { statusCode, headers, body } = await server.app.inject({
        url,
        headers: { authorization: `Bearer ${auditor.token}` },
      })
      expect([statusCode, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8'])
      return body.split('\r\n')
    }
    const ofTable = await get(
      '/api/cairn/v1/access-review/object.csv?securable_type=table&full_name=main.s.t',
    )
    expect(ofTable[0]).toBe(
      '"principal","principal_type","active","privilege","held","on_type","on","holder","groups","decides","revoke_to_end","expires_at"',
    )
    expect(ofTable).toContain(
      '"ada","user","true","SELECT","SELECT","catalog","main","department","team > department","yes","yes",""',
    )
    expect(ofTable).toContain(
      `"'+evil","group","true","BROWSE","BROWSE","metastore","metastore","'+evil","","yes","yes",""`,
    )
    const ofAda = await get('/api/cairn/v1/access-review/principal.csv?principal=ada')
    expect(ofAda[0]).toBe(
      '"securable_type","securable_id","securable","privilege","held","on_type","on","holder","groups","decides","revoke_to_end","expires_at"',
    )
    expect(ofAda).toContain(
      '"experiment","1","/e1","MANAGE","OWNER","experiment","/e1","ada","","yes","no",""',
    )
    await identities.delete(evil.id)
    const { statusCode } = await server.app.inject({
      url: '/api/cairn/v1/access-review/principal.csv?principal=ada',
      headers: { authorization: `Bearer ${bob.token}` },
    })
    expect(statusCode).toBe(403)
  })
})
