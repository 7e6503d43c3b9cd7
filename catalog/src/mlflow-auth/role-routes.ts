import { requireAuthorityOver } from '@cairn/platform/auth/authority'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
import { ApiError, invalid, missing, unlessMissing } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  AddMlflowRolePermission,
  AssignMlflowRole,
  CreateMlflowRole,
  DeleteMlflowRole,
  GetMlflowRole,
  ListCurrentMlflowPermissions,
  ListMlflowPermissions,
  ListMlflowRolePermissions,
  ListMlflowRoles,
  ListMlflowRoleUsers,
  ListMlflowUserRoles,
  RemoveMlflowRolePermission,
  UnassignMlflowRole,
  UpdateMlflowRole,
  UpdateMlflowRolePermission,
} from '@cairn/platform/protocol/mlflow/roles'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { deletePrincipal } from '../identities/delete-principal.js'
import { noteMembers } from '../identities/note-members.js'
import { objectTypeOf, WORKSPACE } from './levels.js'
import { administratorIds, findUser } from './mlflow-users.js'
import type { MlflowAuthParts } from './options.js'
import { keyOf, noSuchPermission, rolePermission } from './roles.js'
import { requireManager } from './user-routes.js'

/** Serves MLflow's roles. Callers that do not manage identities see only their own roles. */
export const roleRoutes: FastifyPluginAsync<MlflowAuthParts> = async (app, options) => {
  const { authorizer, identities, roles } = options
  const one = async (group: PrincipalRow, { principal }: FastifyRequest) => ({
    role: (await roles.describe([group], principal))[0]!,
  })
  handle(app, CreateMlflowRole, async ({ workspace, name, description }, request) => {
    roles.checkWorkspace(workspace)
    const taken = await identities.find(name)
    if (taken)
      throw new ApiError(
        'RESOURCE_ALREADY_EXISTS',
        taken.type === 'group'
          ? `Role (name=${name}, workspace=${workspace}) already exists.`
          : `The name '${name}' belongs to a ${taken.type.replace('_', ' ')}: choose another.`,
      )
    const group = await identities.create('group', name, description || name)
    request.noteSubject(group)
    return one(group, request)
  })
  handle(app, GetMlflowRole, async ({ role_id }, request) =>
    one(await roles.get(role_id, request.principal), request),
  )
  handle(app, ListMlflowRoles, async ({ workspace = [WORKSPACE] }, { principal }) => {
    if (workspace.some((name) => !name.trim()))
      throw invalid("Parameter 'workspace' must be a non-empty string when provided.")
    const groups = workspace.includes(WORKSPACE) ? await roles.list(principal) : []
    return { roles: await roles.describe(groups, principal) }
  })
  handle(app, UpdateMlflowRole, async ({ role_id, name, description }, request) => {
    if (name === undefined && (description ?? undefined) === undefined)
      throw invalid("At least one of 'name' or 'description' must be provided to update a role.")
    const group = await roles.get(role_id, request.principal)
    request.noteSubject(group)
    await requireAuthorityOver(authorizer, request.principal, group)
    const described = group.display_name !== group.name
    const display_name = description ?? (described ? group.display_name : (name ?? group.name))
    const change = { display_name, ...(name !== undefined && name !== group.name && { name }) }
    const updated = await identities.update(group.id, change)
    if (updated.name !== group.name)
      request.noteChange({ field: 'name', before: group.name, after: updated.name })
    return one(updated, request)
  })
  handle(app, DeleteMlflowRole, async ({ role_id }, request) => {
    await deletePrincipal(options, await roles.get(role_id, request.principal), request)
    return {}
  })
  rolePermissions(app, options)
  assignments(app, options)
  userPermissions(app, options)
}

function rolePermissions(app: FastifyInstance, { ids, held, changes, identities, roles }: MlflowAuthParts) {
  /** Returns the group and object of a role permission, if the caller manages the object. */
  const find = async (id: number, request: FastifyRequest) => {
    const key = await roles.permissionKey(id)
    const group = await identities.find(key.group)
    const resource = await changes.managed(request, key.type, key.object).catch(unlessMissing)
    if (!group || !resource || !(await changes.find(resource, group, 'DENY'))) throw noSuchPermission(id)
    return { group, resource }
  }
  const row = async (group: PrincipalRow, type: string, object: string, { principal }: FastifyRequest) => {
    const rows = (await held.of([group.id], principal)).get(group.id) ?? []
    const found = rows.find((one) => one.resource_type === type && one.object_id === object)
    if (!found) throw missing(`The permission of role '${group.name}' was removed meanwhile.`)
    return { role_permission: rolePermission(found, await ids.ofAll([keyOf(found), group.id])) }
  }
  handle(app, AddMlflowRolePermission, async (input, request) => {
    const { role_id, resource_type, resource_pattern, permission } = input
    const type = objectTypeOf(resource_type)
    const resource = await changes.managed(request, type, resource_pattern)
    const group = await roles.get(role_id, request.principal)
    if (await changes.find(resource, group, 'DENY'))
      throw new ApiError(
        'RESOURCE_ALREADY_EXISTS',
        `Role permission (role_id=${role_id}, resource_type=${resource_type}, resource_pattern=${resource_pattern}) already exists.`,
      )
    await changes.set(resource, group, permission, { request, denial: 'DENY' })
    return row(group, type, resource.isEverything ? '*' : resource.chain[0].id, request)
  })
  handle(app, UpdateMlflowRolePermission, async ({ role_permission_id, permission }, request) => {
    const { group, resource } = await find(role_permission_id, request)
    await changes.set(resource, group, permission, { request, denial: 'DENY' })
    return row(group, resource.type, resource.isEverything ? '*' : resource.chain[0].id, request)
  })
  handle(app, RemoveMlflowRolePermission, async ({ role_permission_id }, request) => {
    const { group, resource } = await find(role_permission_id, request)
    await changes.remove(resource, group, request)
    return {}
  })
  handle(app, ListMlflowRolePermissions, async ({ role_id }, { principal }) => {
    const [role] = await roles.describe([await roles.get(role_id, principal)], principal)
    return { role_permissions: role!.permissions }
  })
}

function assignments(app: FastifyInstance, { authorizer, identities, ids, roles }: MlflowAuthParts) {
  const assignment = async (user: string, group: string) => {
    const key = `${user}\n${group}`
    const idOf = await ids.ofAll([user, group, key])
    return { id: idOf(key), user_id: idOf(user), role_id: idOf(group) }
  }
  const isMember = async (group: string, user: string) =>
    (await identities.groupsOf(user)).some(({ id }) => id === group)
  const located = async (username: string, role_id: number, request: FastifyRequest) => {
    const user = await findUser(identities, username)
    const group = await roles.get(role_id, request.principal)
    request.noteSubject(group)
    await requireAuthorityOver(authorizer, request.principal, group)
    return {
      user,
      group,
      what: `User role assignment (user_id=${await ids.of(user.id)}, role_id=${role_id})`,
    }
  }
  handle(app, AssignMlflowRole, async ({ username, role_id }, request) => {
    const { user, group, what } = await located(username, role_id, request)
    if (await isMember(group.id, user.id))
      throw new ApiError('RESOURCE_ALREADY_EXISTS', `${what} already exists`)
    await noteMembers(request, authorizer, await identities.changeMembers(group.id, { add: [user.id] }))
    return { assignment: await assignment(user.id, group.id) }
  })
  handle(app, UnassignMlflowRole, async ({ username, role_id }, request) => {
    const { user, group, what } = await located(username, role_id, request)
    if (!(await isMember(group.id, user.id))) throw missing(`${what} not found`)
    await noteMembers(request, authorizer, await identities.changeMembers(group.id, { remove: [user.id] }))
    return {}
  })
  handle(app, ListMlflowRoleUsers, async ({ role_id }, { principal }) => {
    const group = await roles.get(role_id, principal)
    const users = (await identities.members(group.id)).filter(({ type }) => type === 'user')
    const keys = users.flatMap(({ id }) => [id, `${id}\n${group.id}`])
    const idOf = await ids.ofAll([group.id, ...keys])
    return {
      assignments: users.map(({ id }) => ({
        ...{ id: idOf(`${id}\n${group.id}`), user_id: idOf(id), role_id: idOf(group.id) },
      })),
    }
  })
}

/** Registers the permissions of a user itself, which MLflow's UI recognizes by the name of the role, and of its roles. */
function userPermissions(
  app: FastifyInstance,
  { authorizer, identities, ids, held, roles }: MlflowAuthParts,
) {
  const permissionsOf = async (user: { readonly id: string }, { principal }: FastifyRequest) => {
    const granted = (await held.of([user.id], principal)).get(user.id) ?? []
    const owned = await held.ownedBy(user.id, principal)
    const role_id = await ids.of(user.id)
    const own = { id: role_id, name: `__user_${role_id}__`, permissions: [...owned, ...granted] }
    const all = [own, ...(await roles.ofUsers([user], principal))(user.id)]
    return {
      is_admin: (await administratorIds(identities)).has(user.id),
      permissions: all.flatMap((role) =>
        role.permissions.map(({ resource_type, resource_pattern, permission }) => ({
          ...{ role_id: role.id, role_name: role.name, workspace: WORKSPACE },
          ...{ resource_type, resource_pattern, permission },
        })),
      ),
    }
  }
  handle(app, ListCurrentMlflowPermissions, (_input, request) => permissionsOf(request.principal, request))
  handle(app, ListMlflowPermissions, async ({ username }, request) => {
    if (username !== request.principal.name) await requireManager(authorizer, request)
    return permissionsOf(await findUser(identities, username), request)
  })
  handle(app, ListMlflowUserRoles, async ({ username }, request) => {
    if (username !== request.principal.name) await requireManager(authorizer, request)
    const user = await findUser(identities, username)
    return { roles: (await roles.ofUsers([user], request.principal))(user.id) }
  })
}
