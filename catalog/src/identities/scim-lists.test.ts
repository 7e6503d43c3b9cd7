import {
  GetManagedToken,
  Groups,
  Me,
  ServicePrincipals,
  Users,
} from '@cairn/platform/protocol/databricks/identities'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('lists of SCIM on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
    for (const [userName, displayName] of [
      ['ada@example.org', 'Zora'],
      ['bob@example.org', 'Bea'],
      ['cy@example.org', 'Max'],
    ] as const)
      await server.owner(Users.Create, { userName, displayName })
  })
  afterAll(() => server.close())

  const names = async (input: object) => {
    const { Resources } = await server.owner(Users.List, { filter: 'userName co "example"', ...input })
    return Resources.map(({ userName }) => userName!.split('@')[0])
  }

  test.each([
    [{}, 'ada bob cy'],
    [{ sortBy: 'userName', sortOrder: 'descending' }, 'cy bob ada'],
    [{ sortBy: 'displayName' }, 'bob cy ada'],
    [{ sortBy: 'DISPLAYNAME', sortOrder: 'descending', count: 2 }, 'ada cy'],
    [{ sortBy: 'displayName', startIndex: 3 }, 'ada'],
  ] as const)('are sorted by %j', async (input, expected) => {
    expect((await names(input)).join(' ')).toBe(expected)
  })

  test('are sorted, also without a filter', async () => {
    const { Resources } = await server.owner(Users.List, { sortBy: 'displayName', sortOrder: 'descending' })
    const shown = Resources.map(({ displayName }) => displayName)
    expect(shown.indexOf('Zora')).toBeLessThan(shown.indexOf('Max'))
    expect(shown.indexOf('Max')).toBeLessThan(shown.indexOf('Bea'))
  })

  test.each([
    [{ sortBy: 'shoeSize' }, "'sortBy'"],
    [{ sortBy: 'constructor' }, "'sortBy'"],
    [{ sortBy: 'userName', sortOrder: 'sideways' }, "'sortOrder'"],
  ])('reject %j with 400', async (input, message) => {
    for (const { List } of [Users, Groups, ServicePrincipals])
      expect(await failure(server.owner(List, input as object))).toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining(message),
      })
  })

  test.each(['shoeSize pr', 'constructor eq "x"', '__proto__ eq "x"'])(
    'reject the filter %s',
    async (filter) => {
      expect(await failure(server.owner(Users.List, { filter }))).toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining("'filter'"),
      })
    },
  )

  test('return the selected attributes, with the id and the schemas', async () => {
    const filter = 'userName eq "ada@example.org"'
    const keys = async (input: object) =>
      Object.keys((await server.owner(Users.List, { filter, ...input })).Resources[0]!).sort()
    expect(await keys({ attributes: 'userName, emails.value' })).toEqual([
      'emails',
      'id',
      'schemas',
      'userName',
    ])
    const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
    expect(await keys({ attributes: `${core}:userName,${core}:emails.value` })).toEqual([
      ...['emails', 'id', 'schemas', 'userName'],
    ])
    expect(await keys({ excludedAttributes: 'emails,META,id,active' })).toEqual([
      ...['displayName', 'id', 'schemas', 'userName'],
    ])
    const { id } = await server.context.identities.get('ada@example.org')
    expect(Object.keys(await server.owner(Users.Get, { id, attributes: 'active' })).sort()).toEqual([
      ...['active', 'id', 'schemas'],
    ])
    expect(Object.keys(await server.owner(Me, { excludedAttributes: 'groups,meta' }))).not.toContain('groups')
  })

  test('name the groups of each principal when they are asked to', async () => {
    const listed = async (input: object) =>
      (await server.owner(Users.List, { filter: 'userName co "example"', ...input })).Resources
    const [ada, bob] = await listed({})
    for (const [displayName, members] of [
      ['analysts', [ada, bob]],
      ['readers', [ada]],
    ] as const)
      await server.owner(Groups.Create, { displayName, members: members.map((one) => ({ value: one!.id })) })
    const shown = await listed({ attributes: 'userName,groups' })
    expect(shown.map(({ groups }) => groups?.map(({ display }) => display))).toEqual([
      ['analysts', 'readers'],
      ['analysts'],
      [],
    ])
    expect(Object.keys(shown[0]!).sort()).toEqual(['groups', 'id', 'schemas', 'userName'])
    for (const one of await listed({})) expect(one).not.toHaveProperty('groups')
  })

  test('one token is read by those who manage identities', async () => {
    const { principal, as } = await server.actor('service_principal', 'importer')
    const { token } = await server.context.tokens.issue(principal.id, 'nightly')
    expect(await server.owner(GetManagedToken, { token_id: token.id })).toMatchObject({
      token_info: { token_id: token.id, comment: 'nightly', owner: 'importer' },
    })
    expect(await failure(as(GetManagedToken, { token_id: token.id }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    await server.context.tokens.revoke(principal.id, token.id)
    for (const token_id of [token.id, 'none'])
      expect(await failure(server.owner(GetManagedToken, { token_id }))).toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
      })
  })
})
