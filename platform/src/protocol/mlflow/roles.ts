import Type from 'typebox'
import { operation } from '../operation.js'
import { Empty, Int64, Required } from '../wire.js'

/** Operations on roles of MLflow's auth client, since 3.17, and of the user pages of its UI. A role is a group (ADR 38). */
const V3 = '/api/3.0/mlflow'
const MANAGE_IDENTITIES = { privilege: 'MANAGE IDENTITIES', on: 'metastore' } as const
/** The access of operations whose handler decides about the object in the input. */
const DECIDED_LATER = { right: 'authenticated', scope: 'none' } as const

const Username = () => Required({ maxLength: 255 })
const Level = () => Required({ maxLength: 100 })
const ThisUser = Type.Object({ username: Username() })

const RolePermission = Type.Object({
  id: Int64(),
  role_id: Int64(),
  resource_type: Type.String(),
  resource_pattern: Type.String(),
  permission: Type.String(),
})
export const MlflowRole = Type.Object({
  id: Int64(),
  name: Type.String(),
  workspace: Type.String(),
  description: Type.Union([Type.String(), Type.Null()]),
  permissions: Type.Array(RolePermission),
})
const Assignment = Type.Object({ id: Int64(), user_id: Int64(), role_id: Int64() })

const UserPermissions = Type.Object({
  is_admin: Type.Boolean(),
  permissions: Type.Array(
    Type.Object({
      role_id: Int64(),
      role_name: Type.String(),
      workspace: Type.String(),
      resource_type: Type.String(),
      resource_pattern: Type.String(),
      permission: Type.String(),
    }),
  ),
})
export const ListMlflowPermissions = operation({
  id: 'listMlflowPermissions',
  method: 'GET',
  path: `${V3}/users/permissions/list`,
  summary: 'List the permissions of a user, and those of its roles',
  right: 'authenticated',
  scope: 'read',
  input: ThisUser,
  output: UserPermissions,
})
export const ListCurrentMlflowPermissions = operation({
  id: 'listCurrentMlflowPermissions',
  method: 'GET',
  path: `${V3}/users/current/permissions`,
  summary: 'List the permissions of the caller, and those of its roles',
  right: 'authenticated',
  scope: 'read',
  input: Type.Object({}),
  output: UserPermissions,
})

const RoleId = { role_id: Int64() }
const OfRole = Type.Object({ role: MlflowRole })
const Description = Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()]))

export const CreateMlflowRole = operation({
  id: 'createMlflowRole',
  method: 'POST',
  path: `${V3}/roles/create`,
  summary: 'Create a role, which is a group',
  right: MANAGE_IDENTITIES,
  scope: 'none',
  input: Type.Object({
    workspace: Required({ maxLength: 255 }),
    name: Required({ maxLength: 255 }),
    description: Description,
  }),
  output: OfRole,
})
export const GetMlflowRole = operation({
  id: 'getMlflowRole',
  method: 'GET',
  path: `${V3}/roles/get`,
  summary: 'Get a role with its permissions',
  right: 'authenticated',
  scope: 'read',
  input: Type.Object(RoleId),
  output: OfRole,
})
export const ListMlflowRoles = operation({
  id: 'listMlflowRoles',
  method: 'GET',
  path: `${V3}/roles/list`,
  summary: 'List roles; callers who do not manage identities see only their own',
  right: 'authenticated',
  scope: 'read',
  input: Type.Object({ workspace: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })) }),
  output: Type.Object({ roles: Type.Array(MlflowRole) }),
})
export const UpdateMlflowRole = operation({
  id: 'updateMlflowRole',
  method: 'PATCH',
  path: `${V3}/roles/update`,
  summary: 'Change the name or the description of a role',
  right: MANAGE_IDENTITIES,
  scope: 'none',
  input: Type.Object({
    ...RoleId,
    name: Type.Optional(Type.String({ maxLength: 255 })),
    description: Description,
  }),
  output: OfRole,
})
export const DeleteMlflowRole = operation({
  id: 'deleteMlflowRole',
  method: 'DELETE',
  path: `${V3}/roles/delete`,
  summary: 'Delete a role that owns nothing',
  right: MANAGE_IDENTITIES,
  scope: 'none',
  input: Type.Object(RoleId),
  output: Empty,
})
export const AddMlflowRolePermission = operation({
  id: 'addMlflowRolePermission',
  method: 'POST',
  path: `${V3}/roles/permissions/add`,
  summary: 'Grant a role a permission on an experiment or registered model, or on all of them with `*`',
  ...DECIDED_LATER,
  input: Type.Object({
    ...RoleId,
    resource_type: Level(),
    resource_pattern: Required(),
    permission: Level(),
  }),
  output: Type.Object({ role_permission: RolePermission }),
})
export const RemoveMlflowRolePermission = operation({
  id: 'removeMlflowRolePermission',
  method: 'DELETE',
  path: `${V3}/roles/permissions/remove`,
  summary: 'Revoke a permission of a role',
  ...DECIDED_LATER,
  input: Type.Object({ role_permission_id: Int64() }),
  output: Empty,
})
export const ListMlflowRolePermissions = operation({
  id: 'listMlflowRolePermissions',
  method: 'GET',
  path: `${V3}/roles/permissions/list`,
  summary: 'List the permissions of a role',
  right: 'authenticated',
  scope: 'read',
  input: Type.Object(RoleId),
  output: Type.Object({ role_permissions: Type.Array(RolePermission) }),
})
export const UpdateMlflowRolePermission = operation({
  id: 'updateMlflowRolePermission',
  method: 'PATCH',
  path: `${V3}/roles/permissions/update`,
  summary: 'Change a permission of a role',
  ...DECIDED_LATER,
  input: Type.Object({ role_permission_id: Int64(), permission: Level() }),
  output: Type.Object({ role_permission: RolePermission }),
})
export const AssignMlflowRole = operation({
  id: 'assignMlflowRole',
  method: 'POST',
  path: `${V3}/roles/assign`,
  summary: 'Add a user to a role',
  right: MANAGE_IDENTITIES,
  scope: 'none',
  input: Type.Object({ username: Username(), ...RoleId }),
  output: Type.Object({ assignment: Assignment }),
})
export const UnassignMlflowRole = operation({
  id: 'unassignMlflowRole',
  method: 'DELETE',
  path: `${V3}/roles/unassign`,
  summary: 'Remove a user from a role',
  right: MANAGE_IDENTITIES,
  scope: 'none',
  input: Type.Object({ username: Username(), ...RoleId }),
  output: Empty,
})
export const ListMlflowUserRoles = operation({
  id: 'listMlflowUserRoles',
  method: 'GET',
  path: `${V3}/users/roles/list`,
  summary: 'List the roles of a user',
  right: 'authenticated',
  scope: 'read',
  input: ThisUser,
  output: Type.Object({ roles: Type.Array(MlflowRole) }),
})
export const ListMlflowRoleUsers = operation({
  id: 'listMlflowRoleUsers',
  method: 'GET',
  path: `${V3}/roles/users/list`,
  summary: 'List the users of a role',
  right: 'authenticated',
  scope: 'read',
  input: Type.Object(RoleId),
  output: Type.Object({ assignments: Type.Array(Assignment) }),
})
