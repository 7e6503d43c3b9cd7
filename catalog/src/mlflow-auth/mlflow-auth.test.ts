import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { enterSecurable } from '@cairn/platform/auth/securables'
import { Explain } from '@cairn/platform/protocol/cairn/explain'
import {
  CreateMlflowUser,
  DeleteMlflowUser,
  GetCurrentMlflowUser,
  GetMlflowPermission,
  GetMlflowUser,
  GrantMlflowPermission,
  ListMlflowUsers,
  MlflowExperimentPermissions,
  MlflowModelPermissions,
  RevokeMlflowPermission,
  UpdateMlflowAdmin,
  UpdateMlflowPassword,
} from '@cairn/platform/protocol/mlflow/auth'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Actor, failure, testCatalog } from '../testing/catalog.js'
import { MlflowIds } from './mlflow-ids.js'

const PASSWORD = 'three small stones'

describe.each(databases)("MLflow's users and permissions on %s", (_name, database) => {
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
  let model: string
  beforeEach(async () => {
    id = String(++number)
    model = `model-${id}`
    const entry = { owner: ada.principal.id, created_at: 1 }
    await world.context.db.for<AuthSchema>().transaction(async (tx) => {
      await enterSecurable(tx, { ...entry, type: 'experiment', id, name: `experiment-${id}` })
      await enterSecurable(tx, { ...entry, type: 'registered_model', id: `m${id}`, name: model })
    })
  })
  const may = async (who: Actor, privilege: 'READ EXPERIMENTS' | 'EDIT EXPERIMENTS' | 'MANAGE') =>
    (await world.context.authorizer.objects.decide(who.principal, [privilege], 'experiment', id))!.decision
      .allowed
  const of = (who: Actor) => ({ experiment_id: id, username: who.principal.name })

  test('creates users who sign in, once per name, and deletes those who own nothing', async () => {
    const username = `new-${id}`
    const { user } = await world.owner(CreateMlflowUser, { username, password: PASSWORD })
    expect(user).toMatchObject({ username, is_admin: false, experiment_permissions: [] })
    const attempt = { name: username, password: PASSWORD, address: 'a' }
    expect(await world.context.passwords.verify(attempt)).toMatchObject({ name: username })
    expect(await failure(world.owner(CreateMlflowUser, { username, password: PASSWORD }))).toMatchObject({
      code: 'RESOURCE_ALREADY_EXISTS',
      message: `User (username=${username}) already exists.`,
    })
    const weak = await failure(world.owner(CreateMlflowUser, { username: `weak-${id}`, password: 'short' }))
    expect(weak.message).toContain('12')
    expect(await world.context.identities.find(`weak-${id}`)).toBeUndefined()
    await world.owner(DeleteMlflowUser, { username })
    expect(await failure(world.owner(GetMlflowUser, { username }))).toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: `User with username=${username} not found`,
    })
    expect(await failure(world.owner(DeleteMlflowUser, { username: ada.principal.name }))).toMatchObject({
      code: 'RESOURCE_CONFLICT',
    })
    expect(await failure(world.owner(DeleteMlflowUser, { username: LOCAL_OWNER.name }))).toMatchObject({
      code: 'BAD_REQUEST',
    })
  })

  test('shows other users to those who manage identities only, in the same words whether they exist or not', async () => {
    const refused = await failure(bob.as(GetMlflowUser, { username: ada.principal.name }))
    expect(refused).toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(refused.message).toMatch(/^Permission denied: .*MANAGE IDENTITIES/)
    expect((await failure(bob.as(GetMlflowUser, { username: 'nobody' }))).message).toBe(refused.message)
    const own = await bob.as(ListMlflowUsers, {})
    expect(own.users.map(({ username }) => username)).toEqual([bob.principal.name])
    const all = await world.owner(ListMlflowUsers, {})
    expect(all.users.length).toBeGreaterThan(2)
    const current = await bob.as(GetCurrentMlflowUser, {})
    expect(current).toEqual({
      user: { id: own.users[0]!.id, username: bob.principal.name, is_admin: false },
      is_basic_auth: false,
    })
  })

  test('makes administrators, which only administrators may', async () => {
    const manager = await world.actor()
    await world.grant(manager.principal, 'metastore', 'metastore', 'MANAGE IDENTITIES')
    const username = bob.principal.name
    for (const who of [manager, bob])
      expect(
        await failure(who.as(UpdateMlflowAdmin, { username: who.principal.name, is_admin: true })),
      ).toMatchObject({
        code: 'PERMISSION_DENIED',
      })
    await world.owner(UpdateMlflowAdmin, { username, is_admin: true })
    expect((await bob.as(GetCurrentMlflowUser, {})).user.is_admin).toBe(true)
    expect(await may(bob, 'MANAGE')).toBe(true)
    await world.owner(UpdateMlflowAdmin, { username, is_admin: false })
    expect((await bob.as(GetCurrentMlflowUser, {})).user.is_admin).toBe(false)
    expect(await may(bob, 'READ EXPERIMENTS')).toBe(false)
  })

  test('removes nobody from the administrators who administers otherwise, and changes nothing', async () => {
    const cleo = await world.actor()
    const username = cleo.principal.name
    await world.owner(UpdateMlflowAdmin, { username, is_admin: true })
    await world.grant(cleo.principal, 'metastore', 'metastore', 'MANAGE')
    const refused = await failure(world.owner(UpdateMlflowAdmin, { username, is_admin: false }))
    expect(refused).toMatchObject({ code: 'INVALID_STATE', message: expect.stringContaining('Nothing was') })
    expect((await cleo.as(GetCurrentMlflowUser, {})).user.is_admin).toBe(true)
    expect(await may(cleo, 'READ EXPERIMENTS')).toBe(true)
    await world.revoke(cleo.principal, 'metastore', 'metastore', 'MANAGE')
    await world.owner(UpdateMlflowAdmin, { username, is_admin: false })
    expect((await cleo.as(GetCurrentMlflowUser, {})).user.is_admin).toBe(false)
  })

  test('changes the password of the caller with the current one, and that of others without', async () => {
    const username = `own-${id}`
    await world.owner(CreateMlflowUser, { username, password: PASSWORD })
    const { id: principal } = await world.context.identities.get(username)
    const self = world.context.client((await world.context.tokens.issue(principal, 'test')).secret)
    const change = { username, password: 'four grey herons' }
    expect((await failure(self(UpdateMlflowPassword, change))).message).toMatch(
      /Current password is required/,
    )
    const wrong = { ...change, current_password: 'wrong wrong wrong' }
    expect((await failure(self(UpdateMlflowPassword, wrong))).message).toBe(
      'Current password does not match.',
    )
    await self(UpdateMlflowPassword, { ...change, current_password: PASSWORD })
    const attempt = (password: string) =>
      world.context.passwords.verify({ name: username, password, address: 'b' })
    expect(await attempt('four grey herons')).toMatchObject({ name: username })
    expect(await failure(bob.as(UpdateMlflowPassword, change))).toMatchObject({ code: 'PERMISSION_DENIED' })
    await world.owner(UpdateMlflowPassword, { username, password: 'five long rivers' })
    expect(await attempt('five long rivers')).toMatchObject({ name: username })
  })

  test('maps each permission to grants, and the grants back', async () => {
    const { Create, Get, Update, Delete } = MlflowExperimentPermissions
    const created = await ada.as(Create, { ...of(bob), permission: 'READ' })
    expect(created.experiment_permission).toMatchObject({ experiment_id: id, permission: 'READ' })
    expect(await failure(ada.as(Create, { ...of(bob), permission: 'EDIT' }))).toMatchObject({
      code: 'RESOURCE_ALREADY_EXISTS',
    })
    const table = [
      ['READ', 'READ', [true, false, false]],
      ['USE', 'READ', [true, false, false]],
      ['EDIT', 'EDIT', [true, true, false]],
      ['MANAGE', 'MANAGE', [true, true, true]],
      ['NO_PERMISSIONS', 'NO_PERMISSIONS', [false, false, false]],
    ] as const
    for (const [permission, stored, rights] of table) {
      await ada.as(Update, { ...of(bob), permission })
      expect((await ada.as(Get, of(bob))).experiment_permission.permission).toBe(stored)
      const held = [
        await may(bob, 'READ EXPERIMENTS'),
        await may(bob, 'EDIT EXPERIMENTS'),
        await may(bob, 'MANAGE'),
      ]
      expect(held, permission).toEqual(rights)
    }
    await ada.as(Delete, of(bob))
    const gone = await failure(ada.as(Get, of(bob)))
    expect(gone.message).toBe(
      `Experiment permission with experiment_id=${id} and username=${bob.principal.name} not found`,
    )
    expect(await failure(ada.as(Create, { ...of(bob), permission: 'ALL' }))).toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('takes the name of a registered model, and lists permissions with the user', async () => {
    const key = { name: model, username: bob.principal.name }
    const made = await ada.as(MlflowModelPermissions.Create, { ...key, permission: 'EDIT' })
    const { user } = await bob.as(GetMlflowUser, { username: bob.principal.name })
    expect(made.registered_model_permission).toEqual({
      ...{ workspace: 'default', name: model, user_id: user.id, permission: 'EDIT' },
    })
    expect(user.registered_model_permissions).toContainEqual(made.registered_model_permission)
    const owner = await ada.as(GetMlflowUser, { username: ada.principal.name })
    expect(owner.user.experiment_permissions).toContainEqual({
      ...{ experiment_id: id, user_id: owner.user.id, permission: 'MANAGE' },
    })
  })

  test('keeps the owner in, hides objects and grants nothing that the caller lacks', async () => {
    const { Create, Update, Get } = MlflowExperimentPermissions
    expect((await ada.as(Get, of(ada))).experiment_permission.permission).toBe('MANAGE')
    expect(await failure(ada.as(Update, { ...of(ada), permission: 'NO_PERMISSIONS' }))).toMatchObject({
      code: 'INVALID_STATE',
    })
    const hidden = await failure(bob.as(Create, { ...of(bob), permission: 'MANAGE' }))
    const absent = await failure(bob.as(Create, { ...of(bob), experiment_id: '98765', permission: 'MANAGE' }))
    expect(hidden).toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    expect(hidden.message.replace(id, '98765')).toBe(absent.message)
    const manager = await world.actor()
    const securable = { type: 'experiment', id, name: 'e', owner: ada.principal.id } as const
    const change = { principal_id: manager.principal.id, add: ['MANAGE' as const], remove: [] }
    await world.context.grants.change(securable, [change], LOCAL_OWNER)
    const more = await failure(manager.as(Create, { ...of(bob), permission: 'EDIT' }))
    expect(more.message).toMatch(/^Permission denied: .*lacks READ EXPERIMENTS.* and so cannot grant it/)
    await manager.as(Create, { ...of(bob), permission: 'NO_PERMISSIONS' })
  })

  test('grants, denies and revokes by the unified API', async () => {
    const username = bob.principal.name
    const resource = { username, resource_type: 'experiment', resource_id: id }
    await ada.as(GrantMlflowPermission, { ...resource, permission: 'EDIT' })
    expect(await bob.as(GetMlflowPermission, resource)).toEqual({ allowed: true, permission: 'EDIT' })
    await ada.as(RevokeMlflowPermission, resource)
    expect(await failure(ada.as(RevokeMlflowPermission, resource))).toMatchObject({
      message: `Permission for user=${username} on resource_type=experiment, resource_id=${id} not found.`,
    })
    await ada.as(GrantMlflowPermission, { ...resource, permission: 'DENY' })
    expect(await ada.as(GetMlflowPermission, resource)).toEqual({ allowed: false, permission: 'DENY' })
    const why = {
      securable_type: 'experiment',
      full_name: id,
      privilege: 'READ_EXPERIMENTS',
      principal: username,
    }
    expect((await ada.as(Explain, why)).summary).toBe(
      `'${username}' lacks READ EXPERIMENTS on experiment 'experiment-${id}'. DENY is granted to '${username}'.`,
    )
    const unknown = { allowed: false, permission: 'NO_PERMISSIONS' }
    expect(await bob.as(GetMlflowPermission, resource)).toEqual(unknown)
    expect(await bob.as(GetMlflowPermission, { ...resource, resource_id: '98765' })).toEqual(unknown)
    for (const resource_type of ['scorer', 'gateway_secret', 'workspace', 'run'])
      expect(
        await failure(world.owner(GrantMlflowPermission, { ...resource, resource_type, permission: 'READ' })),
      ).toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
  })

  test('grants rights on all objects of a type as an administrator', async () => {
    const someone = await world.actor()
    const all = { username: someone.principal.name, resource_type: 'experiment', resource_id: '*' }
    expect(await failure(ada.as(GrantMlflowPermission, { ...all, permission: 'READ' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    await world.owner(GrantMlflowPermission, { ...all, permission: 'READ' })
    expect(await may(someone, 'READ EXPERIMENTS')).toBe(true)
    expect(await someone.as(GetMlflowPermission, all)).toEqual({ allowed: false, permission: 'READ' })
    await ada.as(MlflowExperimentPermissions.Create, { ...of(someone), permission: 'NO_PERMISSIONS' })
    expect(await may(someone, 'READ EXPERIMENTS')).toBe(false)
    await world.owner(RevokeMlflowPermission, all)
    for (const permission of ['MANAGE', 'DENY'])
      expect(await failure(world.owner(GrantMlflowPermission, { ...all, permission }))).toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
      })
  })

  test('shows permissions on objects of other services to no token for the catalog', async () => {
    const { tokens, client } = world.context
    const clientWith = async (scope: string) =>
      client((await tokens.issue(ada.principal.id, scope, { scopes: [scope] })).secret)
    const username = ada.principal.name
    expect(await failure((await clientWith('catalog'))(GetMlflowUser, { username }))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('this request needs the scope read'),
    })
    expect((await (await clientWith('read'))(GetMlflowUser, { username })).user.username).toBe(username)
  })

  test('gives each principal one number, also for concurrent callers, and never one twice', async () => {
    const ids = new MlflowIds(world.context.db.for())
    const keys = Array.from({ length: 30 }, (_, at) => `key-${id}-${at}`)
    const answers = await Promise.all(
      [0, 5, 10].map(async (from) => {
        const idOf = await ids.ofAll(keys.slice(from))
        return keys.slice(from).map(idOf)
      }),
    )
    expect(answers[1]).toEqual(answers[0]!.slice(5))
    expect(answers[2]).toEqual(answers[0]!.slice(10))
    expect(new Set(answers[0]).size).toBe(30)
    expect(await ids.keyOf(answers[0]![3]!)).toBe(keys[3])
  })
})
