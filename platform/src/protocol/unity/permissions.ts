import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { Required } from '../wire.js'
import { FullName, UNITY } from './catalogs.js'

export const SecurableName = {
  securable_type: Required({
    description:
      'metastore, catalog, schema, table, volume, experiment, registered_model, job or serving_endpoint; case-insensitive.',
  }),
  full_name: FullName(),
}

/** A privilege such as `USE CATALOG`, as in Unity Catalog. Databricks clients receive `USE_CATALOG`. Both are accepted. */
const PrivilegeName = Type.String()

export const PrivilegeAssignment = Type.Object({
  principal: Type.String(),
  privileges: Type.Array(PrivilegeName),
})
export type PrivilegeAssignment = Static<typeof PrivilegeAssignment>

export const GetPermissions = operation({
  id: 'getPermissions',
  method: 'GET',
  path: `${UNITY}/permissions/{securable_type}/{full_name}`,
  summary: 'List the grants on a securable itself: all for its managers, otherwise only those of the caller',
  right: 'authenticated',
  input: Type.Object({ ...SecurableName, principal: Type.Optional(Type.String()) }),
  output: Type.Object({ privilege_assignments: Type.Array(PrivilegeAssignment) }),
})

export const UpdatePermissions = operation({
  id: 'updatePermissions',
  method: 'PATCH',
  path: `${UNITY}/permissions/{securable_type}/{full_name}`,
  summary: 'Grant and revoke privileges atomically; requires MANAGE on the securable',
  right: { privilege: 'MANAGE', on: 'catalog' },
  scope: 'none',
  input: Type.Object({
    ...SecurableName,
    changes: Type.Array(
      Type.Object({
        principal: Required(),
        add: Type.Optional(Type.Array(PrivilegeName, { maxItems: 100 })),
        remove: Type.Optional(Type.Array(PrivilegeName, { maxItems: 100 })),
      }),
      { maxItems: 1000 },
    ),
  }),
  output: Type.Object({ privilege_assignments: Type.Array(PrivilegeAssignment) }),
})

export const EffectiveAssignment = Type.Object({
  principal: Type.String(),
  privileges: Type.Array(
    Type.Object({
      privilege: PrivilegeName,
      /** CATALOG, SCHEMA or METASTORE. Absent if the grant is on the securable itself. */
      inherited_from_type: Type.Optional(Type.String()),
      inherited_from_name: Type.Optional(Type.String()),
      /** The group with the grant, if one principal was requested and has it as a member. */
      via_group: Type.Optional(Type.String()),
    }),
  ),
})
export type EffectiveAssignment = Static<typeof EffectiveAssignment>

export const GetEffectivePermissions = operation({
  id: 'getEffectivePermissions',
  method: 'GET',
  path: `${UNITY}/effective-permissions/{securable_type}/{full_name}`,
  summary: 'List the grants on a securable and its ancestors with their origin',
  right: 'authenticated',
  input: Type.Object({ ...SecurableName, principal: Type.Optional(Type.String()) }),
  output: Type.Object({ privilege_assignments: Type.Array(EffectiveAssignment) }),
})
