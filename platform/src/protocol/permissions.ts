import Type, { type Static } from 'typebox'
import { FullName, UNITY } from './catalogs.js'
import { operation } from './operation.js'
import { Empty, Required } from './wire.js'

const Named = {
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
  input: Type.Object({ ...Named, principal: Type.Optional(Type.String()) }),
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
    ...Named,
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
  input: Type.Object({ ...Named, principal: Type.Optional(Type.String()) }),
  output: Type.Object({ privilege_assignments: Type.Array(EffectiveAssignment) }),
})

export const Explain = operation({
  id: 'explain',
  method: 'GET',
  path: '/api/cairn/v1/explain',
  summary: 'Explain whether a principal has a privilege, with the deciding grants or what is missing',
  right: 'authenticated',
  input: Type.Object({
    ...Named,
    privilege: Required(),
    principal: Type.Optional(
      Type.String({
        description: 'Default: the caller. Another principal requires MANAGE on the securable or READ AUDIT.',
      }),
    ),
  }),
  output: Type.Object({
    principal: Type.String(),
    privilege: PrivilegeName,
    securable_type: Type.String(),
    full_name: Type.String(),
    allowed: Type.Boolean(),
    /** The grant that met each requirement, or OWNER for ownership. */
    basis: Type.Array(
      Type.Object({
        privilege: Type.String(),
        securable_type: Type.String(),
        securable: Type.String(),
        principal: Type.String(),
      }),
    ),
    missing: Type.Array(
      Type.Object({
        privileges: Type.Array(Type.String()),
        securable_type: Type.String(),
        securable: Type.String(),
      }),
    ),
    /** The names of the principals who can grant what is missing. */
    can_grant: Type.Array(Type.String()),
    summary: Type.String(),
  }),
})

const MANAGED = { privilege: 'MANAGE', on: 'catalog' } as const

export const FindPrincipals = operation({
  id: 'findPrincipals',
  method: 'GET',
  path: '/api/cairn/v1/grantees',
  summary:
    'Find the principals that can be granted rights on a securable by a part of their name; requires MANAGE on it',
  right: MANAGED,
  input: Type.Object({
    ...Named,
    query: Type.String({ maxLength: 255, description: 'At least 3 characters.' }),
  }),
  output: Type.Object({
    principals: Type.Array(
      Type.Object({ name: Type.String(), display_name: Type.String(), type: Type.String() }),
    ),
  }),
})

export const SetOwner = operation({
  id: 'setOwner',
  method: 'PUT',
  path: '/api/cairn/v1/owners/{securable_type}/{full_name}',
  summary:
    'Name another owner of an experiment, registered model, job or endpoint; only its owner and the owner of the metastore may',
  right: MANAGED,
  scope: 'none',
  input: Type.Object({
    ...Named,
    owner: Required({ maxLength: 255, description: 'Name or id of the principal.' }),
  }),
  output: Empty,
})
