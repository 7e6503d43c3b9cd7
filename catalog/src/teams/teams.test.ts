import { PlanTeams, SetUpTeams, type TeamStep } from '@cairn/platform/protocol/cairn/teams'
import { Groups } from '@cairn/platform/protocol/databricks/identities'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { GetPermissions } from '@cairn/platform/protocol/unity/permissions'
import { GetSchema, UpdateSchema } from '@cairn/platform/protocol/unity/schemas'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(sampledDatabases)('the set-up of teams on %s', (_, database) => {
  let server: TestCatalog
  beforeEach(async () => {
    server = await testCatalog(database)
  })
  afterEach(() => server.close())

  const states = (steps: readonly TeamStep[]) => [...new Set(steps.map(({ state }) => state))]
  const granted = async (principal: string, securable_type = 'metastore', full_name = 'metastore') =>
    (await server.owner(GetPermissions, { securable_type, full_name, principal })).privilege_assignments[0]
      ?.privileges

  test('shows what it will grant, does exactly that, and skips it the next time', async () => {
    const planned = await server.owner(PlanTeams, {})
    expect(states(planned.steps)).toEqual(['new'])
    expect((await server.owner(Groups.List, {})).Resources.map(({ displayName }) => displayName)).toEqual([
      'account users',
    ])
    const made = await server.owner(SetUpTeams, {})
    expect(made).toEqual(planned)
    expect(states((await server.owner(PlanTeams, {})).steps)).toEqual(['present'])
    expect(states((await server.owner(SetUpTeams, {})).steps)).toEqual(['present'])
    expect(await server.owner(GetSchema, { full_name: 'main.data' })).toMatchObject({
      owner: 'data-engineering',
    })
    expect(await granted('account users')).toEqual([
      ...['CREATE ENDPOINT', 'CREATE EXPERIMENT', 'CREATE JOB', 'CREATE MODEL', 'CREATE SECRET SCOPE'],
    ])
    expect(await granted('modelling', 'schema', 'main.data')).toEqual(['SELECT', 'USE SCHEMA'])
    expect(await granted('web')).toEqual(['QUERY ENDPOINT', 'VIEW ENDPOINT'])
  })

  test('takes other names, fewer teams and members who create nothing', async () => {
    const answers = {
      teams: [{ role: 'modelling' as const, name: 'science' }],
      schema: 'lake.shared',
      members_create: false,
    }
    const { steps } = await server.owner(SetUpTeams, answers)
    expect(steps.map(({ kind, principal, securable }) => [kind, principal, securable])).toEqual([
      ['group', 'science', undefined],
      ['catalog', undefined, 'lake'],
      ['schema', undefined, 'lake.shared'],
      ['grant', 'science', 'metastore'],
      ['grant', 'science', 'lake'],
      ['grant', 'science', 'lake.shared'],
    ])
    expect(await granted('account users')).toBeUndefined()
    const more = await server.owner(PlanTeams, { ...answers, members_create: true })
    expect(more.steps.filter(({ state }) => state === 'new')).toMatchObject([
      { kind: 'grant', principal: 'account users' },
    ])
  })

  test('sets up several teams with one role', async () => {
    const teams = ['search', 'ads', 'maps'].map((name) => ({ role: 'modelling' as const, name }))
    await server.owner(SetUpTeams, { teams: [...teams, { role: 'web', name: 'shop' }] })
    for (const { name } of teams)
      expect(await granted(name, 'schema', 'main.data')).toEqual(['SELECT', 'USE SCHEMA'])
    expect(await groups()).toEqual(expect.arrayContaining(['search', 'ads', 'maps', 'shop']))
    expect(await granted('shop')).toEqual(['QUERY ENDPOINT', 'VIEW ENDPOINT'])
  })

  test('adds what is missing, and removes nothing', async () => {
    await server.owner(SetUpTeams, {})
    const { identities } = server.context
    await server.revoke(await identities.get('web'), 'metastore', '', 'QUERY ENDPOINT')
    await server.grant(await identities.get('web'), 'metastore', '', 'READ MODELS')
    const { steps } = await server.owner(SetUpTeams, {})
    expect(steps.filter(({ state }) => state === 'new')).toMatchObject([
      { kind: 'grant', principal: 'web', securable: 'metastore' },
    ])
    expect(await granted('web')).toEqual(['QUERY ENDPOINT', 'READ MODELS', 'VIEW ENDPOINT'])
  })

  test.each([
    [{ schema: 'main' }, 'must have 2 parts'],
    [{ teams: [{ role: 'web', name: 'a b*' }] }, 'Invalid principal name'],
    [{ teams: [{ role: 'sales', name: 'x' }] }, 'role'],
    [
      {
        teams: [
          { role: 'web', name: 'a' },
          { role: 'modelling', name: 'a' },
        ],
      },
      "the group 'a' occurs twice",
    ],
    [
      {
        teams: [
          { role: 'data-engineering', name: 'a' },
          { role: 'data-engineering', name: 'b' },
        ],
      },
      "'a' and 'b' cannot both own the schema",
    ],
  ])('rejects %j with 400', async (answers, message) => {
    expect(await failure(server.owner(SetUpTeams, answers as never))).toMatchObject({
      ...{ statusCode: 400, message: expect.stringContaining(message) },
    })
  })

  const groups = async () =>
    (await server.owner(Groups.List, {})).Resources.map(({ displayName }) => displayName)

  test('does not change the owner of a schema', async () => {
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.data')
    await server.actor('user', 'ada')
    await server.owner(UpdateSchema, { full_name: 'main.data', owner: 'ada' })
    for (const op of [PlanTeams, SetUpTeams])
      expect(await failure(server.owner(op, {}))).toMatchObject({
        ...{ code: 'RESOURCE_CONFLICT', message: expect.stringContaining("'main.data' belongs to 'ada'") },
      })
    expect(await groups()).toEqual(['account users'])
    expect(await server.owner(GetSchema, { full_name: 'main.data' })).toMatchObject({ owner: 'ada' })
  })

  test('a schema of the caller goes to the team, although its catalog belongs to another principal', async () => {
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.data')
    const ada = await server.actor('user', 'ada')
    await server.owner(UpdateSchema, { full_name: 'main.data', owner: 'ada' })
    await server.grant(ada.principal, 'metastore', '', 'MANAGE', 'MANAGE IDENTITIES', 'ALL PRIVILEGES')
    await ada.as(SetUpTeams, {})
    expect(await server.owner(GetSchema, { full_name: 'main.data' })).toMatchObject({
      owner: 'data-engineering',
    })
  })

  test.each<[missing: string, ...held: Privilege[]]>([
    ['CREATE CATALOG on metastore', 'CREATE SCHEMA'],
    ['CREATE SCHEMA on catalog', 'CREATE CATALOG'],
    ['CREATE EXPERIMENT on metastore', 'CREATE CATALOG', 'CREATE SCHEMA', 'USE CATALOG'],
  ])('lacking %s, changes nothing', async (missing, ...held) => {
    const ada = await server.actor('user', 'ada')
    await server.grant(ada.principal, 'metastore', '', 'MANAGE', 'MANAGE IDENTITIES', ...held)
    if (missing.includes('catalog')) await aCatalog(server.owner, 'main')
    expect(await failure(ada.as(SetUpTeams, {}))).toMatchObject({
      ...{ code: 'PERMISSION_DENIED', message: expect.stringContaining(missing) },
    })
    expect(await groups()).toEqual(['account users'])
  })

  test('a name of somebody else is a conflict, before anything is granted', async () => {
    await server.actor('user', 'web')
    expect(await failure(server.owner(PlanTeams, {}))).toMatchObject({
      ...{ code: 'RESOURCE_CONFLICT', message: "'web' is a user: name another group." },
    })
  })
})
