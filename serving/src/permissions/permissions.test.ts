import {
  CreateServingEndpoint,
  GetEndpointPermissions,
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
