import { ensureAdmins } from '@cairn/platform/auth/admins'
import { hashPassword } from '@cairn/platform/auth/password-hash'
import { ADMINS, EVERYONE, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { enterSecurable } from '@cairn/platform/auth/securables'
import { ImportRole, ImportUser } from '@cairn/platform/protocol/cairn/imports'
import { GetMlflowUser, MlflowExperimentPermissions } from '@cairn/platform/protocol/mlflow/auth'
import {
  AddMlflowRolePermission,
  AssignMlflowRole,
  CreateMlflowRole,
  DeleteMlflowRole,
  GetMlflowRole,
  ListCurrentMlflowPermissions,
  ListMlflowRolePermissions,
  ListMlflowRoles,
  ListMlflowRoleUsers,
  ListMlflowUserRoles,
  RemoveMlflowRolePermission,
  UnassignMlflowRole,
  UpdateMlflowRole,
  UpdateMlflowRolePermission,
} from '@cairn/platform/protocol/mlflow/roles'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Actor, failure, testCatalog } from '../testing/catalog.js'

const STONES = await hashPassword('three small stones')
const HERONS = await hashPassword('four grey herons')

describe.each(databases)("MLflow's roles and imports on %s", (_name, database) => {
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
    await world.context.db
      .for<AuthSchema>()
      .transaction((tx) => enterSecurable(tx, { ...entry, type: 'experiment' }))
  })
  const newRole = async (description?: string) => {
    const role = { workspace: 'default', name: `role ${id}`, ...(description && { description }) }
    return (await world.owner(CreateMlflowRole, role)).role
  }
  const may = async (privilege: 'READ EXPERIMENTS' | 'EDIT EXPERIMENTS') =>
    (await world.context.authorizer.objects.decide(bob.principal, [privilege], 'experiment', id))!.decision
      .allowed

  test('creates, updates, lists and deletes roles, which are groups', async () => {
    const role = await newRole('They read')
    expect(role).toMatchObject({ workspace: 'default', description: 'They read', permissions: [] })
    expect(await world.context.identities.find(role.name)).toMatchObject({ type: 'group' })
    const { role: updated } = await world.owner(UpdateMlflowRole, { role_id: role.id, name: `other ${id}` })
    expect(updated).toMatchObject({ id: role.id, name: `other ${id}`, description: 'They read' })
    const { roles } = await world.owner(ListMlflowRoles, {})
    expect(roles).toContainEqual(updated)
    expect((await world.owner(ListMlflowRoles, { workspace: ['elsewhere'] })).roles).toEqual([])
    expect(await failure(world.owner(CreateMlflowRole, { workspace: 'elsewhere', name: 'x' }))).toMatchObject(
      {
        code: 'INVALID_PARAMETER_VALUE',
      },
    )
    await world.owner(DeleteMlflowRole, { role_id: role.id })
    expect((await failure(world.owner(GetMlflowRole, { role_id: role.id }))).message).toBe(
      `Role with id=${role.id} not found`,
    )
  })

  test('assigns roles, whose permissions their users have', async () => {
    const { id: role_id } = await newRole()
    const username = bob.principal.name
    const { assignment } = await world.owner(AssignMlflowRole, { username, role_id })
    expect(await failure(world.owner(AssignMlflowRole, { username, role_id }))).toMatchObject({
      code: 'RESOURCE_ALREADY_EXISTS',
    })
    const permission = { role_id, resource_type: 'experiment', resource_pattern: id }
    const { role_permission } = await world.owner(AddMlflowRolePermission, {
      ...permission,
      permission: 'EDIT',
    })
    expect(await may('EDIT EXPERIMENTS')).toBe(true)
    expect((await bob.as(ListMlflowUserRoles, { username })).roles).toMatchObject([
      { id: role_id, permissions: [role_permission] },
    ])
    expect(await bob.as(ListCurrentMlflowPermissions, {})).toMatchObject({
      permissions: [{ role_id, resource_type: 'experiment', resource_pattern: id, permission: 'EDIT' }],
    })
    expect((await bob.as(ListMlflowRoleUsers, { role_id })).assignments).toEqual([assignment])
    const { id: role_permission_id } = role_permission
    const changed = await ada.as(UpdateMlflowRolePermission, { role_permission_id, permission: 'READ' })
    expect(changed.role_permission).toEqual({ ...role_permission, permission: 'READ' })
    expect(await may('EDIT EXPERIMENTS')).toBe(false)
    await ada.as(RemoveMlflowRolePermission, { role_permission_id })
    expect((await failure(ada.as(RemoveMlflowRolePermission, { role_permission_id }))).message).toBe(
      `Role permission with id=${role_permission_id} not found`,
    )
    expect((await world.owner(ListMlflowRolePermissions, { role_id })).role_permissions).toEqual([])
    await world.owner(UnassignMlflowRole, { username, role_id })
    expect(await failure(world.owner(UnassignMlflowRole, { username, role_id }))).toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
  })

  test('shows others neither roles nor permissions on what they may not see', async () => {
    const { id: role_id } = await newRole()
    const hidden = await failure(bob.as(GetMlflowRole, { role_id }))
    const absent = await failure(bob.as(GetMlflowRole, { role_id: 987_654 }))
    expect(hidden.message.replace(String(role_id), '987654')).toBe(absent.message)
    const manager = await world.actor()
    await world.grant(manager.principal, 'metastore', 'metastore', 'MANAGE IDENTITIES')
    const permission = { role_id, resource_type: 'experiment', resource_pattern: id, permission: 'READ' }
    const { role_permission } = await world.owner(AddMlflowRolePermission, permission)
    expect((await manager.as(GetMlflowRole, { role_id })).role.permissions).toEqual([])
    expect((await world.owner(GetMlflowRole, { role_id })).role.permissions).toEqual([role_permission])
    const change = { role_permission_id: role_permission.id, permission: 'EDIT' }
    expect((await failure(manager.as(UpdateMlflowRolePermission, change))).message).toBe(
      `Role permission with id=${role_permission.id} not found`,
    )
    const all = { ...permission, resource_pattern: '*' }
    expect(await failure(manager.as(AddMlflowRolePermission, all))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })

  test('imports users with hashes and permissions again and again, and names what is left out', async () => {
    const name = `imported-${id}`
    const permissions = [
      { resource_type: 'experiment', resource_id: id, permission: 'EDIT' },
      { resource_type: 'registered_model', resource_id: 'nowhere', permission: 'READ' },
      { resource_type: 'experiment', resource_id: '*', permission: 'MANAGE' },
    ]
    const user = { name, password_hash: STONES, permissions }
    const first = await world.owner(ImportUser, user)
    expect(first.outcome).toBe('created')
    expect(first.left_out).toEqual([
      expect.stringContaining(`READ of '${name}' on registered_model 'nowhere': Registered model`),
      expect.stringContaining('MANAGE cannot be granted on all objects of a type'),
    ])
    const attempt = (password: string) => world.context.passwords.verify({ name, password, address: 'a' })
    expect(await attempt('three small stones')).toMatchObject({ name })
    const changed = { ...user, password_hash: HERONS }
    const again = await world.owner(ImportUser, changed)
    expect(again).toMatchObject({ outcome: 'merged' })
    expect(again.left_out[0]).toBe(`'${name}' keeps its password of this server.`)
    expect(await attempt('three small stones')).toMatchObject({ name })
    await world.owner(ImportUser, { ...changed, replace_password: true })
    expect(await attempt('four grey herons')).toMatchObject({ name })
    expect((await world.owner(GetMlflowUser, { username: name })).user).toMatchObject({
      experiment_permissions: [{ experiment_id: id, permission: 'EDIT' }],
    })
    expect(await failure(ada.as(ImportUser, user))).toMatchObject({ code: 'PERMISSION_DENIED' })
  })

  test('changes no account that an import did not create', async () => {
    const { identities, passwords } = world.context
    const password_hash = STONES
    const signedOn = await identities.create('user', `sso-${id}`)
    for (const replace_password of [false, true]) {
      const user = { name: signedOn.name, password_hash, replace_password, permissions: [] }
      const { left_out } = await world.owner(ImportUser, user)
      expect(left_out).toEqual([expect.stringContaining('exists here without a password and gets none')])
    }
    expect(await passwords.has(signedOn.id)).toBe(false)
    await passwords.set(signedOn.id, 'a secret of my own')
    await world.owner(ImportUser, {
      ...{ name: signedOn.name, password_hash, replace_password: true, permissions: [] },
    })
    const attempt = { name: signedOn.name, password: 'three small stones', address: 'a' }
    expect(await passwords.verify(attempt)).toBeUndefined()
  })

  test('refuses the names of built-in users and groups', async () => {
    const { identities, grants, passwords } = world.context
    await ensureAdmins({ identities, grants })
    const password_hash = STONES
    for (const name of ['owner', 'local-owner'])
      expect(await failure(world.owner(ImportUser, { name, password_hash, permissions: [] }))).toMatchObject({
        code: 'RESOURCE_ALREADY_EXISTS',
      })
    expect(await passwords.has(LOCAL_OWNER.id)).toBe(false)
    for (const { name } of [ADMINS, EVERYONE])
      expect(
        await failure(world.owner(ImportRole, { name, users: [bob.principal.name], permissions: [] })),
      ).toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS', message: expect.stringContaining('built-in group') })
    expect(await identities.members(ADMINS.id)).toEqual([])
    const name = `readers ${id}`
    const users = ['owner', bob.principal.id]
    const { left_out } = await world.owner(ImportRole, { name, users, permissions: [] })
    expect(left_out).toHaveLength(2)
    expect(await identities.members((await identities.get(name)).id)).toEqual([])
  })

  test('ends the sessions of a user whose password an import replaces', async () => {
    const { sessions, identities } = world.context
    const user = { name: `moved-${id}`, permissions: [] }
    await world.owner(ImportUser, { ...user, password_hash: STONES })
    const { id: principalId } = await identities.get(user.name)
    await sessions.create({ principalId, method: 'password', address: 'a', userAgent: 'b' })
    expect(await sessions.list(principalId)).toHaveLength(1)
    const changed = { ...user, password_hash: HERONS, replace_password: true }
    await world.owner(ImportUser, changed)
    expect(await sessions.list(principalId)).toEqual([])
  })

  test('imports no administrator with a password that MLflow has published', async () => {
    const name = `root-${id}`
    const user = { name, password_hash: await hashPassword('password1234'), is_admin: true, permissions: [] }
    const { left_out } = await world.owner(ImportUser, user)
    expect(left_out).toEqual([expect.stringContaining('has a password that MLflow has published')])
    expect((await world.owner(GetMlflowUser, { username: name })).user.is_admin).toBe(true)
    expect(await world.context.passwords.has((await world.context.identities.get(name)).id)).toBe(false)
  })

  test('imports roles with their users and permissions', async () => {
    const permissions = [{ resource_type: 'experiment', resource_id: id, permission: 'DENY' }]
    await ada.as(MlflowExperimentPermissions.Create, {
      ...{ experiment_id: id, username: bob.principal.name, permission: 'EDIT' },
    })
    const role = { name: `imported ${id}`, users: [bob.principal.name, 'nobody'], permissions }
    const { left_out } = await world.owner(ImportRole, role)
    expect(left_out).toEqual([`Role 'imported ${id}': the user 'nobody' does not exist here.`])
    expect(await may('READ EXPERIMENTS')).toBe(false)
  })
})
