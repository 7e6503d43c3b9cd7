import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { enterSecurable } from '@cairn/platform/auth/securables'
import {
  EndpointPermissions,
  ExperimentPermissions,
  JobPermissions,
  ModelPermissions,
} from '@cairn/platform/protocol/databricks/object-permissions'
import { GetPermissions, UpdatePermissions } from '@cairn/platform/protocol/unity/permissions'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Actor, failure, testCatalog } from '../testing/catalog.js'

describe.each(databases)('permissions on objects on %s', (_name, database) => {
  let world: Awaited<ReturnType<typeof testCatalog>>
  let ada: Actor
  let bob: Actor
  let number = 0
  beforeAll(async () => {
    world = await testCatalog(database)
    ada = await world.actor()
    bob = await world.actor()
  })
  afterAll(() => world.close())
  let id: string
  beforeEach(async () => {
    id = String(++number)
    const entry = { id, name: `e${id}`, owner: ada.principal.id, created_at: 1 }
    await world.context.db.for<AuthSchema>().transaction(async (tx) => {
      for (const type of ['experiment', 'job', 'registered_model', 'serving_endpoint'] as const)
        await enterSecurable(tx, { ...entry, type })
    })
  })
  const named = ({ principal }: Actor) =>
    principal.type === 'user' ? { user_name: principal.name } : { service_principal_name: principal.name }
  const give = (who: Actor, permission_level: string) => [{ ...named(who), permission_level }]
  const levels = (list: readonly { all_permissions: readonly { permission_level: string }[] }[]) =>
    list.map(({ all_permissions }) => all_permissions.map((one) => one.permission_level).join()).sort()

  test('grants, replaces and lists levels, and shows the owner', async () => {
    const { Get, Set: Replace, Update } = ExperimentPermissions
    const given = await ada.as(Update, { id, access_control_list: give(bob, 'CAN_READ') })
    expect(given).toMatchObject({ object_id: `/experiments/${id}`, object_type: 'mlflowExperiment' })
    expect(levels(given.access_control_list)).toEqual(['CAN_MANAGE', 'CAN_READ'])
    expect(levels((await bob.as(Get, { id })).access_control_list)).toEqual(['CAN_MANAGE', 'CAN_READ'])
    const more = await ada.as(Update, { id, access_control_list: give(bob, 'CAN_EDIT') })
    expect(levels(more.access_control_list)).toEqual(['CAN_EDIT', 'CAN_MANAGE'])
    const none = await ada.as(Replace, { id, access_control_list: [] })
    expect(none.access_control_list).toEqual([
      {
        ...named(ada),
        display_name: ada.principal.name,
        all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: false }],
      },
    ])
    expect(await failure(bob.as(Get, { id }))).toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })

  test('lists the levels of each kind', async () => {
    const of = async (ops: typeof ExperimentPermissions) =>
      (await ada.as(ops.Levels, { id })).permission_levels.map((one) => one.permission_level)
    expect(await of(ExperimentPermissions)).toEqual(['CAN_READ', 'CAN_EDIT', 'CAN_MANAGE'])
    expect(await of(JobPermissions as unknown as typeof ExperimentPermissions)).toEqual([
      ...['CAN_VIEW', 'CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER'],
    ])
    expect(await of(ModelPermissions as unknown as typeof ExperimentPermissions)).toEqual([
      ...['CAN_READ', 'CAN_EDIT', 'CAN_MANAGE_STAGING_VERSIONS'],
      ...['CAN_MANAGE_PRODUCTION_VERSIONS', 'CAN_MANAGE'],
    ])
    expect(await of(EndpointPermissions as unknown as typeof ExperimentPermissions)).toEqual([
      ...['CAN_VIEW', 'CAN_QUERY', 'CAN_MANAGE'],
    ])
  })

  test('lets a manager of an endpoint grant every level', async () => {
    const { Get, Update } = EndpointPermissions
    const cora = await world.actor()
    await ada.as(Update, { id, access_control_list: give(bob, 'CAN_MANAGE') })
    for (const level of ['CAN_MANAGE', 'CAN_QUERY', 'CAN_VIEW']) {
      await bob.as(Update, { id, access_control_list: give(cora, level) })
      const seen = await cora.as(Get, { id })
      expect(seen).toMatchObject({ object_id: `/serving-endpoints/${id}`, object_type: 'serving-endpoint' })
      expect(levels(seen.access_control_list)).toContain(level)
    }
  })

  test('shows managers what is inherited, and others only the owner and their own', async () => {
    const { Get, Update } = EndpointPermissions
    const cora = await world.actor()
    const query = { principal_id: cora.principal.id, add: ['QUERY ENDPOINT' as const], remove: [] }
    await world.context.grants.change(METASTORE[0], [query], LOCAL_OWNER)
    await ada.as(Update, { id, access_control_list: give(bob, 'CAN_VIEW') })
    const seen = await ada.as(Get, { id })
    expect(seen.owner).toBe(ada.principal.name)
    expect(seen.access_control_list).toContainEqual({
      ...named(cora),
      display_name: cora.principal.name,
      all_permissions: [{ permission_level: 'CAN_QUERY', inherited: true, inherited_from_object: ['/'] }],
    })
    const bobs = await bob.as(Get, { id })
    expect(bobs.owner).toBe(ada.principal.name)
    expect(levels(bobs.access_control_list)).toEqual(['CAN_MANAGE', 'CAN_VIEW'])
  })

  test('lets only the owner name another owner of a job', async () => {
    const { Get, Update } = JobPermissions
    await ada.as(Update, { id, access_control_list: give(bob, 'CAN_MANAGE') })
    expect(await failure(bob.as(Update, { id, access_control_list: give(bob, 'IS_OWNER') }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    await ada.as(Update, { id, access_control_list: give(bob, 'IS_OWNER') })
    expect(levels((await bob.as(Get, { id })).access_control_list)).toEqual(['IS_OWNER'])
    expect(await failure(ada.as(Get, { id }))).toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })

  test('replaces the access and the owner of a job in one call, or nothing', async () => {
    const { Get, Set: Replace } = JobPermissions
    const cora = await world.actor()
    const access = [...give(bob, 'IS_OWNER'), ...give(ada, 'CAN_VIEW'), ...give(cora, 'CAN_MANAGE_RUN')]
    const unknown = { user_name: 'nobody@example.com', permission_level: 'CAN_VIEW' }
    await expect(ada.as(Replace, { id, access_control_list: [...access, unknown] })).rejects.toThrow()
    expect(levels((await ada.as(Get, { id })).access_control_list)).toEqual(['IS_OWNER'])
    await ada.as(Replace, { id, access_control_list: access })
    expect(levels((await bob.as(Get, { id })).access_control_list)).toEqual([
      ...['CAN_MANAGE_RUN', 'CAN_VIEW', 'IS_OWNER'],
    ])
    expect((await ada.as(Get, { id })).owner).toBe(bob.principal.name)
  })

  test('nobody grants what they lack, and an owner cannot be locked out', async () => {
    const object = { type: 'experiment' as const, id, name: '', owner: ada.principal.id }
    const manage = { principal_id: bob.principal.id, add: ['MANAGE' as const], remove: [] }
    await world.context.grants.change(object, [manage], LOCAL_OWNER)
    const { Set: Replace, Update } = ExperimentPermissions
    const denied = await failure(bob.as(Update, { id, access_control_list: give(bob, 'CAN_EDIT') }))
    expect(denied).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('lacks READ EXPERIMENTS'),
    })
    await bob.as(Replace, { id, access_control_list: [] })
    expect(levels((await ada.as(Update, { id })).access_control_list)).toEqual(['CAN_MANAGE'])
  })

  test.each([
    [{ user_name: 'nobody@example.com', permission_level: 'CAN_READ' }, 'RESOURCE_DOES_NOT_EXIST'],
    [{ permission_level: 'CAN_READ' }, 'INVALID_PARAMETER_VALUE'],
    [{ group_name: 'account users', permission_level: 'CAN_FLY' }, 'INVALID_PARAMETER_VALUE'],
    [{ group_name: 'account users', permission_level: 'IS_OWNER' }, 'INVALID_PARAMETER_VALUE'],
  ])('rejects %j', async (entry, code) => {
    for (const op of [ExperimentPermissions.Update, JobPermissions.Set])
      expect(
        await failure(
          ada.as(op as typeof ExperimentPermissions.Update, { id, access_control_list: [entry] }),
        ),
      ).toMatchObject({ code })
  })

  test('serves Unity Catalog permissions on the same objects', async () => {
    const onExperiment = { securable_type: 'experiment', full_name: id }
    await ada.as(UpdatePermissions, {
      ...onExperiment,
      changes: [{ principal: bob.principal.name, add: ['READ EXPERIMENTS'] }],
    })
    expect((await bob.as(GetPermissions, onExperiment)).privilege_assignments).toEqual([
      { principal: bob.principal.name, privileges: ['READ EXPERIMENTS'] },
    ])
    const bobs = { ...onExperiment, changes: [{ principal: bob.principal.name, add: ['EDIT EXPERIMENTS'] }] }
    expect(await failure(bob.as(UpdatePermissions, bobs))).toMatchObject({ code: 'PERMISSION_DENIED' })
  })
})
