import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import type { Privilege, SecurableType } from '../privileges.js'
import { Required } from '../wire.js'

const Permission = Type.Object({
  permission_level: Type.String(),
  inherited: Type.Boolean(),
  inherited_from_object: Type.Optional(Type.Array(Type.String())),
})

const Holder = {
  user_name: Type.Optional(Type.String()),
  group_name: Type.Optional(Type.String()),
  service_principal_name: Type.Optional(Type.String()),
}

/** The principal and its levels on an object. */
export const ObjectAccessEntry = Type.Object({
  ...Holder,
  display_name: Type.Optional(Type.String()),
  all_permissions: Type.Array(Permission),
})
export type ObjectAccessEntry = Static<typeof ObjectAccessEntry>

/** A principal by its name, and the level that it gets. */
export const AccessControlRequest = Type.Object({ ...Holder, permission_level: Required() })
export type AccessControlRequest = Static<typeof AccessControlRequest>

const Permissions = Type.Object({
  object_id: Type.String(),
  object_type: Type.String(),
  /** An addition to Databricks' API: the name of the principal that owns the object. */
  owner: Type.String(),
  access_control_list: Type.Array(ObjectAccessEntry),
})
const Acl = Type.Object({
  id: Required(),
  access_control_list: Type.Optional(Type.Array(AccessControlRequest, { maxItems: 1000 })),
})
const ThisObject = Type.Object({ id: Required() })

/** Returns Databricks' permissions API for a kind of object. The handlers decide about the object themselves. */
function permissionOperations<const Path extends string>(
  path: Path,
  noun: string,
  on: SecurableType,
  read: Privilege,
) {
  const url = `/api/2.0/permissions/${path}/{id}` as const
  const name = noun.replaceAll(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase())
  const readable = { privilege: read, on, filtered: true } as const
  const managed = { privilege: 'MANAGE', on, filtered: true } as const
  return {
    Get: operation({
      id: `get${name}Permissions`,
      method: 'GET',
      path: url,
      summary: `Get the permissions on a ${noun}: all for its managers, otherwise those of the owner and the caller`,
      right: readable,
      input: ThisObject,
      output: Permissions,
    }),
    Levels: operation({
      id: `get${name}PermissionLevels`,
      method: 'GET',
      path: `${url}/permissionLevels`,
      summary: `List the permission levels that can be granted on a ${noun}`,
      right: readable,
      input: ThisObject,
      output: Type.Object({
        permission_levels: Type.Array(
          Type.Object({ permission_level: Type.String(), description: Type.String() }),
        ),
      }),
    }),
    Update: operation({
      id: `update${name}Permissions`,
      method: 'PATCH',
      path: url,
      summary: `Change the permissions of principals on a ${noun}`,
      right: managed,
      scope: 'none',
      input: Acl,
      output: Permissions,
    }),
    Set: operation({
      id: `set${name}Permissions`,
      method: 'PUT',
      path: url,
      summary: `Replace all permissions on a ${noun} but its owner's`,
      right: managed,
      scope: 'none',
      input: Acl,
      output: Permissions,
    }),
  }
}

export const ExperimentPermissions = permissionOperations(
  'experiments',
  'experiment',
  'experiment',
  'READ EXPERIMENTS',
)
export const ModelPermissions = permissionOperations(
  'registered-models',
  'registered model',
  'registered_model',
  'READ MODELS',
)
export const JobPermissions = permissionOperations('jobs', 'job', 'job', 'READ JOBS')
export const DirectoryPermissions = permissionOperations(
  'directories',
  'directory',
  'directory',
  'READ WORKSPACE',
)
export const NotebookPermissions = permissionOperations('notebooks', 'notebook', 'notebook', 'READ WORKSPACE')
export const FilePermissions = permissionOperations('files', 'file', 'file', 'READ WORKSPACE')
export const EndpointPermissions = permissionOperations(
  'serving-endpoints',
  'serving endpoint',
  'serving_endpoint',
  'VIEW ENDPOINT',
)
export const DestinationPermissions = permissionOperations(
  'notification-destinations',
  'notification destination',
  'notification_destination',
  'USE DESTINATION',
)
