import {
  Explain,
  GetEffectivePermissions,
  GetPermissions,
  UpdatePermissions,
} from '@cairn/platform/protocol/permissions'
import { UpdateSchema } from '@cairn/platform/protocol/schemas'
import { GetTable } from '@cairn/platform/protocol/tables'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, aTable, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('permissions on %s', (_, database) => {
  let house: TestCatalog
  beforeAll(async () => {
    house = await testCatalog(database)
    await aCatalog(house.owner, 'main')
    await aSchema(house.owner, 'main.s')
    await aTable(house.owner, 'main.s.t')
  })
  afterAll(() => house.close())
  const onTable = { securable_type: 'table', full_name: 'main.s.t' }

  test('are granted in either spelling and answered in Unity Catalog’s', async () => {
    const { principal } = await house.actor()
    const changes = [{ principal: principal.name, add: ['USE_CATALOG', 'use schema', 'CREATE TABLE'] }]
    const answer = await house.owner(UpdatePermissions, {
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
    const { principal } = await house.actor()
    await house.grant(principal, 'catalog', 'main', 'USE CATALOG', 'MANAGE')
    const answer = await house.app.inject({
      url: `/api/2.1/unity-catalog/permissions/catalog/main?principal=${principal.name}`,
      headers: { 'user-agent': agent },
    })
    expect(answer.json()).toEqual({ privilege_assignments: [{ principal: principal.name, privileges }] })
  })

  test('change all or none', async () => {
    const [ada, bo] = [await house.actor(), await house.actor()]
    const before = await house.owner(GetPermissions, onTable)
    const good = { principal: ada.principal.name, add: ['SELECT'] }
    for (const [bad, code] of [
      [{ principal: 'nobody', add: ['SELECT'] }, 'RESOURCE_DOES_NOT_EXIST'],
      [{ principal: bo.principal.name, add: ['FLY'] }, 'INVALID_PARAMETER_VALUE'],
      [{ principal: bo.principal.name, add: ['READ VOLUME'] }, 'INVALID_PARAMETER_VALUE'],
      [{ principal: bo.principal.name, add: ['CREATE CATALOG'] }, 'INVALID_PARAMETER_VALUE'],
    ] as const) {
      const changes = [good, { ...bad, add: [...bad.add] }]
      expect(await failure(house.owner(UpdatePermissions, { ...onTable, changes }))).toMatchObject({ code })
    }
    expect(await house.owner(GetPermissions, onTable)).toEqual(before)
  })

  test('are changed by who manages the securable, which its owner and MANAGE do', async () => {
    const [ada, bo] = [await house.actor(), await house.actor()]
    await house.grant(ada.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA', 'SELECT')
    const changes = [{ principal: bo.principal.name, add: ['SELECT'] }]
    expect(await failure(ada.as(UpdatePermissions, { ...onTable, changes }))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining("lacks MANAGE on table 'main.s.t'"),
    })
    await house.grant(ada.principal, 'schema', 'main.s', 'MANAGE')
    await ada.as(UpdatePermissions, { ...onTable, changes })
    await house.grant(bo.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    expect((await bo.as(GetTable, { full_name: 'main.s.t' })).name).toBe('t')
    const back = [{ principal: bo.principal.name, remove: ['SELECT'] }]
    expect((await ada.as(UpdatePermissions, { ...onTable, changes: back })).privilege_assignments).toEqual([])
    expect(await failure(bo.as(GetTable, { full_name: 'main.s.t' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })

  test('show to others only their own, through their groups too', async () => {
    const [ada, bo] = [await house.actor(), await house.actor()]
    const team = await house.context.identities.create('group', `team-of-${ada.principal.name}`)
    await house.context.identities.addMember(team.id, ada.principal.id)
    await house.grant(team, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    await house.grant(team, 'table', 'main.s.t', 'SELECT')
    await house.grant(bo.principal, 'table', 'main.s.t', 'MODIFY')
    expect((await ada.as(GetPermissions, onTable)).privilege_assignments).toEqual([
      { principal: team.name, privileges: ['SELECT'] },
    ])
    expect(await failure(bo.as(GetPermissions, onTable))).toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(await failure(bo.as(GetPermissions, { securable_type: 'view', full_name: 'x' }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('securable_type'),
    })
  })

  test('in effect say where they come from', async () => {
    const ada = await house.actor()
    const team = await house.context.identities.create('group', `effective-${ada.principal.name}`)
    await house.context.identities.addMember(team.id, ada.principal.id)
    await house.grant(team, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA', 'SELECT')
    await house.grant(ada.principal, 'table', 'main.s.t', 'MODIFY')
    await house.grant(ada.principal, 'metastore', '', 'CREATE CATALOG')
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

  test('are explained: by the grants that decide, or by what is missing and who can grant it', async () => {
    const ada = await house.actor()
    const team = await house.context.identities.create('group', `explained-${ada.principal.name}`)
    await house.context.identities.addMember(team.id, ada.principal.id)
    await house.grant(team, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    const question = { ...onTable, privilege: 'SELECT' }
    expect(await ada.as(Explain, question)).toMatchObject({
      principal: ada.principal.name,
      allowed: false,
      missing: [{ privileges: ['SELECT'], securable_type: 'table', securable: 'main.s.t' }],
      can_grant: ['owner'],
    })
    await house.grant(team, 'schema', 'main.s', 'SELECT')
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
    expect(await house.owner(Explain, about)).toMatchObject({ allowed: true })
    expect(await failure(ada.as(Explain, { ...question, principal: 'owner' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    expect(await failure(ada.as(Explain, { ...question, privilege: 'READ VOLUME' }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('are explained about another to who manages the securable, in full', async () => {
    const eve = await house.actor()
    const answer = await house.owner(Explain, {
      ...onTable,
      privilege: 'SELECT',
      principal: eve.principal.name,
    })
    expect(answer.missing.map((one) => one.securable)).toEqual(['main.s.t', 'main.s', 'main'])
    expect(answer.can_grant).toEqual(['owner'])
  })

  test('of what is hidden and of what is absent are explained alike', async () => {
    const eve = await house.actor()
    const [hidden, absent] = await Promise.all(
      ['main.s.t', 'main.s.x'].map((full_name) =>
        eve.as(Explain, { securable_type: 'table', full_name, privilege: 'SELECT' }),
      ),
    )
    expect(JSON.stringify(absent).replaceAll('main.s.x', 'main.s.t')).toBe(JSON.stringify(hidden))
  })

  test('on a container cover what is made in it later, and stay with it under another name', async () => {
    const ada = await house.actor()
    await house.grant(ada.principal, 'catalog', 'main', 'USE CATALOG')
    await aSchema(house.owner, 'main.growing')
    await house.grant(ada.principal, 'schema', 'main.growing', 'USE SCHEMA', 'SELECT')
    await aTable(house.owner, 'main.growing.later')
    const { table_id } = await ada.as(GetTable, { full_name: 'main.growing.later' })
    await house.owner(UpdateSchema, { full_name: 'main.growing', new_name: 'grown' })
    expect((await ada.as(GetTable, { full_name: 'main.grown.later' })).table_id).toBe(table_id)
    await aSchema(house.owner, 'main.growing')
    await aTable(house.owner, 'main.growing.later')
    expect(await failure(ada.as(GetTable, { full_name: 'main.growing.later' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })

  test('changed by many at once are all there', async () => {
    const actors = await Promise.all(Array.from({ length: 5 }, () => house.actor()))
    await Promise.all(
      actors.map(({ principal }) =>
        house.owner(UpdatePermissions, {
          ...onTable,
          changes: [{ principal: principal.name, add: ['SELECT', 'MODIFY'] }],
        }),
      ),
    )
    const { privilege_assignments } = await house.owner(GetPermissions, onTable)
    for (const { principal } of actors)
      expect(privilege_assignments).toContainEqual({
        principal: principal.name,
        privileges: ['MODIFY', 'SELECT'],
      })
  })
})
