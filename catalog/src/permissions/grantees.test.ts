import type { AuthSchema } from '@cairn/platform/auth/schema'
import { enterSecurable } from '@cairn/platform/auth/securables'
import { FindPrincipals } from '@cairn/platform/protocol/cairn/grantees'
import { SetOwner } from '@cairn/platform/protocol/cairn/owners'
import type { Client } from '@cairn/platform/protocol/client'
import {
  EndpointPermissions,
  ExperimentPermissions,
} from '@cairn/platform/protocol/databricks/object-permissions'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('who can be granted rights on %s', (_, database) => {
  let server: TestCatalog
  let ada: Actor
  let bob: Actor
  beforeAll(async () => {
    server = await testCatalog(database)
    ada = await server.actor('user', 'ada@example.org')
    bob = await server.actor('user', 'bob')
    await server.context.identities.update(ada.principal.id, { display_name: 'Ada Lovelace, Ökonomin' })
    await server.context.identities.create('group', 'team_1')
    const gone = await server.context.identities.create('user', 'lovely')
    await server.context.identities.update(gone.id, { active: false })
    await server.context.db.for<AuthSchema>().transaction(async (tx) => {
      for (const type of ['experiment', 'job', 'serving_endpoint'] as const)
        await enterSecurable(tx, { type, id: '1', name: 'e', owner: ada.principal.id, created_at: 1 })
    })
  })
  afterAll(() => server.close())

  const EXPERIMENT = { securable_type: 'experiment', full_name: '1' }
  const find = async (query: string, who = ada) =>
    (await who.as(FindPrincipals, { ...EXPERIMENT, query })).principals.map(({ name }) => name)

  test('managers find active principals by a part of their names, and others nobody', async () => {
    expect(await find('LOVE')).toEqual(['ada@example.org'])
    expect(await find('öKO')).toEqual(['ada@example.org'])
    expect(await find('team')).toEqual(['team_1'])
    expect(await find('m_1')).toEqual(['team_1'])
    for (const query of ['%%%', '_____', '\\\\\\', "'''", '!!!']) expect(await find(query)).toEqual([])
    for (const query of ['ad', ' ad ', '', '   '])
      expect(await failure(find(query))).toMatchObject({
        ...{ statusCode: 400, message: "'query' must have at least 3 characters." },
      })
    expect(await failure(find('ada', bob))).toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    expect(
      await failure(bob.as(FindPrincipals, { ...EXPERIMENT, full_name: '9', query: 'ada' })),
    ).toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
  })

  test.each([
    ['experiment', ExperimentPermissions],
    ['serving_endpoint', EndpointPermissions],
  ] as const)(
    'the owner of one %s names another, who can name the first again; managers cannot',
    async (type, { Update }) => {
      const set = (who: Actor, owner: string, securable_type: string = type) =>
        who.as(SetOwner, { securable_type, full_name: '1', owner })
      expect(await failure(set(bob, 'bob'))).toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
      const access_control_list = [{ user_name: 'bob', permission_level: 'CAN_MANAGE' }]
      await (ada.as as Client)(Update, { id: '1', access_control_list })
      expect(await failure(set(bob, 'bob'))).toMatchObject({
        ...{ code: 'PERMISSION_DENIED', message: expect.stringContaining(`does not own ${type}`) },
      })
      expect(await failure(set(ada, 'nobody'))).toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
      expect(await failure(set(ada, 'team_1', 'job'))).toMatchObject({ message: 'A group cannot own a job.' })
      await set(ada, 'bob')
      await set(bob, 'ada@example.org')
      expect(await server.owner(SetOwner, { securable_type: type, full_name: '1', owner: 'team_1' })).toEqual(
        {},
      )
    },
  )

  test('rejects another owner for what is not an object of a service', async () => {
    const input = { securable_type: 'metastore', full_name: 'metastore', owner: 'bob' }
    expect(await failure(server.owner(SetOwner, input))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: 'The owner of a metastore is changed with the metastore itself.',
    })
  })
})
