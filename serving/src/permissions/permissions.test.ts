import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import {
  CreateServingEndpoint,
  GetEndpointPermissions,
  SetEndpointPermissions,
  UpdateEndpointPermissions,
} from '@cairn/platform/protocol/serving-endpoints'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { serving } from '../plugin.js'

let served: TestApp
let id: string
beforeEach(async () => {
  served = await testApp(async (app, context) => void (await app.register(serving, { context })))
  const config = { served_entities: [{ entity_name: 'movies', entity_version: '1' }] }
  id = (await served.context.client()(CreateServingEndpoint, { name: 'e', config })).id
  for (const [type, name] of [
    ['user', 'ann'],
    ['group', 'web'],
    ['service_principal', 'client'],
  ] as const)
    await served.context.identities.create(type, name)
})
afterEach(() => served.close())

const grant = (entry: object) =>
  served.context.client()(UpdateEndpointPermissions, {
    id,
    access_control_list: [{ ...entry, permission_level: 'CAN_QUERY' } as never],
  })

test('grants a level to a user, a group and a service principal', async () => {
  const entries = [{ user_name: 'ann' }, { group_name: 'web' }, { service_principal_name: 'client' }]
  for (const entry of entries) await grant(entry)
  const { access_control_list } = await served.context.client()(GetEndpointPermissions, { id })
  for (const entry of entries)
    expect(access_control_list).toContainEqual({
      ...entry,
      all_permissions: [{ permission_level: 'CAN_QUERY', inherited: false }],
    })
})

test('another level replaces the one before', async () => {
  await grant({ user_name: 'ann' })
  await served.context.client()(UpdateEndpointPermissions, {
    id,
    access_control_list: [{ user_name: 'ann', permission_level: 'CAN_VIEW' }],
  })
  const { access_control_list } = await served.context.client()(GetEndpointPermissions, { id })
  expect(access_control_list).toEqual([
    { user_name: 'ann', all_permissions: [{ permission_level: 'CAN_VIEW', inherited: false }] },
  ])
})

test.each([
  [{ user_name: 'web' }, "'web' is a group: name it in 'group_name', not in 'user_name'."],
  [{ group_name: 'client' }, "'client' is a service principal: name it in 'service_principal_name'"],
  [{ user_name: 'ann', group_name: 'web' }, 'must have one of user_name'],
  [{}, 'must have one of user_name'],
])('rejects %j, whose type does not match', async (entry, message) => {
  await expect(grant(entry)).rejects.toThrow(message)
})

test('nobody grants what they lack, and a manager grants every level', async () => {
  const { identities, tokens, grants, client } = served.context
  const callerOf = async (name: string) => {
    const { id: holder } = await identities.create('user', name)
    return { holder, call: client((await tokens.issue(holder, 'test')).secret) }
  }
  const [mia, max] = [await callerOf('mia'), await callerOf('max')]
  const endpoint = { type: 'serving_endpoint', id, name: 'e', owner: LOCAL_OWNER.id } as const
  await grants.change(endpoint, [{ principal_id: mia.holder, add: ['MANAGE'], remove: [] }], LOCAL_OWNER)
  const entry = (permission_level: 'CAN_VIEW' | 'CAN_QUERY' | 'CAN_MANAGE') => ({
    id,
    access_control_list: [{ user_name: 'ann', permission_level }],
  })
  for (const op of [UpdateEndpointPermissions, SetEndpointPermissions] as const)
    await expect(mia.call(op, entry('CAN_QUERY'))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining("'mia' lacks QUERY ENDPOINT"),
    })
  await client()(UpdateEndpointPermissions, {
    id,
    access_control_list: [{ user_name: 'max', permission_level: 'CAN_MANAGE' }],
  })
  for (const level of ['CAN_MANAGE', 'CAN_QUERY', 'CAN_VIEW'] as const) {
    const { access_control_list } = await max.call(UpdateEndpointPermissions, entry(level))
    expect(access_control_list.filter(({ user_name }) => user_name === 'ann')).toEqual([
      { user_name: 'ann', all_permissions: [{ permission_level: level, inherited: false }] },
    ])
  }
})
