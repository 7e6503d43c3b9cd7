import { Explain } from '@cairn/platform/protocol/cairn/explain'
import {
  GetEffectivePermissions,
  GetPermissions,
  UpdatePermissions,
} from '@cairn/platform/protocol/unity/permissions'
import { UpdateSchema } from '@cairn/platform/protocol/unity/schemas'
import { GetTable } from '@cairn/platform/protocol/unity/tables'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, aTable, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('permissions on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.s')
    await aTable(server.owner, 'main.s.t')
  })
  afterAll(() => server.close())
  const onTable = { securable_type: 'table', full_name: 'main.s.t' }

  test('are granted in either spelling and returned in Unity Catalog’s', async () => {
    const { principal } = await server.actor()
    const changes = [{ principal: principal.name, add: ['USE_CATALOG', 'use schema', 'CREATE TABLE'] }]
    const answer = await server.owner(UpdatePermissions, {
      securable_type: 'CATALOG',
      full_name: 'main',
      changes,
    })
    expect(answer.privilege_assignments).toEqual([
      { principal: principal.name, privileges: ['CREATE TABLE', 'USE CATALOG', 'USE SCHEMA'] },
    ])
  })

  test.each([
    ['databricks-sdk-py/0.162.0 python/3.11', ['MANAGE', 'USE_CATALOG']],
    ['OpenAPI-Generator/0.7.0/python', ['USE CATALOG']],
    ['curl/8', ['MANAGE', 'USE CATALOG']],
  ])('are spelled for %s', async (agent, privileges) => {
    const { principal } = await server.actor()
    await server.grant(principal, 'catalog', 'main', 'USE CATALOG', 'MANAGE')
    const answer = await server.app.inject({
      url: `/api/2.1/unity-catalog/permissions/catalog/main?principal=${principal.name}`,
      headers: { 'user-agent': agent },
    })
    expect(answer.json()).toEqual({ privilege_assignments: [{ principal: principal.name, privileges }] })
  })

  test('are changed atomically', async () => {
    const [ada, bo] = [await server.actor(), await server.actor()]
    const before = await server.owner(GetPermissions, onTable)
    const good = { principal: ada.principal.name, add: ['SELECT'] }
    for (const [bad, code] of [
      [{ principal: 'nobody', add: ['SELECT'] }, 'RESOURCE_DOES_NOT_EXIST'],
      [{ principal: bo.principal.name, add: ['FLY'] }, 'INVALID_PARAMETER_VALUE'],
      [{ principal: bo.principal.name, add: ['READ VOLUME'] }, 'INVALID_PARAMETER_VALUE'],
      [{ principal: bo.principal.name, add: ['CREATE CATALOG'] }, 'INVALID_PARAMETER_VALUE'],
    ] as const) {
      const changes = [good, { ...bad, add: [...bad.add] }]
      expect(await failure(server.owner(UpdatePermissions, { ...onTable, changes }))).toMatchObject({ code })
    }
    expect(await server.owner(GetPermissions, onTable)).toEqual(before)
  })

  test('are changed by the owner of the securable and with MANAGE', async () => {
    const [ada, bo] = [await server.actor(), await server.actor()]
    await server.grant(ada.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA', 'SELECT')
    const changes = [{ principal: bo.principal.name, add: ['SELECT'] }]
    expect(await failure(ada.as(UpdatePermissions, { ...onTable, changes }))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining("lacks MANAGE on table 'main.s.t'"),
    })
    await server.grant(ada.principal, 'schema', 'main.s', 'MANAGE')
    await ada.as(UpdatePermissions, { ...onTable, changes })
    await server.grant(bo.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    expect((await bo.as(GetTable, { full_name: 'main.s.t' })).name).toBe('t')
    const back = [{ principal: bo.principal.name, remove: ['SELECT'] }]
    expect((await ada.as(UpdatePermissions, { ...onTable, changes: back })).privilege_assignments).toEqual([])
    expect(await failure(bo.as(GetTable, { full_name: 'main.s.t' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })

  test('show other principals only their own grants and those of their groups', async () => {
    const [ada, bo] = [await server.actor(), await server.actor()]
    const team = await server.context.identities.create('group', `team-of-${ada.principal.name}`)
    await server.context.identities.addMember(team.id, ada.principal.id)
    await server.grant(team, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    await server.grant(team, 'table', 'main.s.t', 'SELECT')
    await server.grant(bo.principal, 'table', 'main.s.t', 'MODIFY')
    expect((await ada.as(GetPermissions, onTable)).privilege_assignments).toEqual([
      { principal: team.name, privileges: ['SELECT'] },
    ])
    expect(await failure(bo.as(GetPermissions, onTable))).toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(await failure(bo.as(GetPermissions, { securable_type: 'view', full_name: 'x' }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('securable_type'),
    })
  })

  test('in effect name the securable and the group that they come from', async () => {
    const ada = await server.actor()
    const team = await server.context.identities.create('group', `effective-${ada.principal.name}`)
    await server.context.identities.addMember(team.id, ada.principal.id)
    await server.grant(team, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA', 'SELECT')
    await server.grant(ada.principal, 'table', 'main.s.t', 'MODIFY')
    await server.grant(ada.principal, 'metastore', '', 'CREATE CATALOG')
    const { privilege_assignments } = await ada.as(GetEffectivePermissions, {
      ...onTable,
      principal: ada.principal.name,
    })
    expect(privilege_assignments).toEqual([
      {
        principal: ada.principal.name,
        privileges: [
          { privilege: 'MODIFY' },
          {
            privilege: 'SELECT',
            inherited_from_type: 'CATALOG',
            inherited_from_name: 'main',
            via_group: team.name,
          },
        ],
      },
    ])
  })

  test('are explained by the deciding grants, or by the missing ones and who can grant them', async () => {
    const ada = await server.actor()
    const team = await server.context.identities.create('group', `explained-${ada.principal.name}`)
    await server.context.identities.addMember(team.id, ada.principal.id)
    await server.grant(team, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    const question = { ...onTable, privilege: 'SELECT' }
    expect(await ada.as(Explain, question)).toMatchObject({
      principal: ada.principal.name,
      allowed: false,
      missing: [{ privileges: ['SELECT'], securable_type: 'table', securable: 'main.s.t' }],
      can_grant: ['owner'],
    })
    await server.grant(team, 'schema', 'main.s', 'SELECT')
    expect(await ada.as(Explain, question)).toMatchObject({
      allowed: true,
      basis: [
        { privilege: 'SELECT', securable_type: 'schema', securable: 'main.s', principal: team.name },
        { privilege: 'USE SCHEMA', securable_type: 'catalog', securable: 'main', principal: team.name },
        { privilege: 'USE CATALOG', securable_type: 'catalog', securable: 'main', principal: team.name },
      ],
      summary: expect.stringContaining(`'${team.name}' holds SELECT on schema 'main.s'`),
    })
    const about = { ...question, principal: ada.principal.name }
    expect(await server.owner(Explain, about)).toMatchObject({ allowed: true })
    expect(await failure(ada.as(Explain, { ...question, principal: 'owner' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    expect(await failure(ada.as(Explain, { ...question, privilege: 'READ VOLUME' }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('of another principal are explained in full to managers of the securable', async () => {
    const eve = await server.actor()
    const answer = await server.owner(Explain, {
      ...onTable,
      privilege: 'SELECT',
      principal: eve.principal.name,
    })
    expect(answer.missing.map((one) => one.securable)).toEqual(['main.s.t', 'main.s', 'main'])
    expect(answer.can_grant).toEqual(['owner'])
  })

  test('of hidden and of absent securables have the same explanation', async () => {
    const eve = await server.actor()
    const [hidden, absent] = await Promise.all(
      ['main.s.t', 'main.s.x'].map((full_name) =>
        eve.as(Explain, { securable_type: 'table', full_name, privilege: 'SELECT' }),
      ),
    )
    expect(JSON.stringify(absent).replaceAll('main.s.x', 'main.s.t')).toBe(JSON.stringify(hidden))
  })

  test('on a container cover later contents, and survive renaming the container', async () => {
    const ada = await server.actor()
    await server.grant(ada.principal, 'catalog', 'main', 'USE CATALOG')
    await aSchema(server.owner, 'main.growing')
    await server.grant(ada.principal, 'schema', 'main.growing', 'USE SCHEMA', 'SELECT')
    await aTable(server.owner, 'main.growing.later')
    const { table_id } = await ada.as(GetTable, { full_name: 'main.growing.later' })
    await server.owner(UpdateSchema, { full_name: 'main.growing', new_name: 'grown' })
    expect((await ada.as(GetTable, { full_name: 'main.grown.later' })).table_id).toBe(table_id)
    await aSchema(server.owner, 'main.growing')
    await aTable(server.owner, 'main.growing.later')
    expect(await failure(ada.as(GetTable, { full_name: 'main.growing.later' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })

  test('changed concurrently are all kept', async () => {
    const actors = await Promise.all(Array.from({ length: 5 }, () => server.actor()))
    await Promise.all(
      actors.map(({ principal }) =>
        server.owner(UpdatePermissions, {
          ...onTable,
          changes: [{ principal: principal.name, add: ['SELECT', 'MODIFY'] }],
        }),
      ),
    )
    const { privilege_assignments } = await server.owner(GetPermissions, onTable)
    for (const { principal } of actors)
      expect(privilege_assignments).toContainEqual({
        principal: principal.name,
        privileges: ['MODIFY', 'SELECT'],
      })
  })
})
