import Type, { type Static } from 'typebox'
import { FullName, UNITY } from './catalogs.js'
import { operation } from './operation.js'
import { Required } from './wire.js'

const Named = {
  securable_type: Required({ description: 'metastore, catalog, schema, table or volume, in any case.' }),
  full_name: FullName(),
}

/** `USE CATALOG` as Unity Catalog spells it; clients of Databricks are answered `USE_CATALOG`. Both are understood. */
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
  summary: 'The grants on one securable itself: all for who manages it, to others their own',
  right: 'authenticated',
  input: Type.Object({ ...Named, principal: Type.Optional(Type.String()) }),
  output: Type.Object({ privilege_assignments: Type.Array(PrivilegeAssignment) }),
})

export const UpdatePermissions = operation({
  id: 'updatePermissions',
  method: 'PATCH',
  path: `${UNITY}/permissions/{securable_type}/{full_name}`,
  summary: 'Grants and revokes, all of it or nothing; takes MANAGE on the securable, of whichever type it is',
  right: { privilege: 'MANAGE', on: 'catalog' },
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
      /** CATALOG, SCHEMA or METASTORE; absent where the grant is on the securable itself. */
      inherited_from_type: Type.Optional(Type.String()),
      inherited_from_name: Type.Optional(Type.String()),
      /** The group that holds it, where one principal was asked about and holds it as its member. */
      via_group: Type.Optional(Type.String()),
    }),
  ),
})
export type EffectiveAssignment = Static<typeof EffectiveAssignment>

export const GetEffectivePermissions = operation({
  id: 'getEffectivePermissions',
  method: 'GET',
  path: `${UNITY}/effective-permissions/{securable_type}/{full_name}`,
  summary: 'The grants on a securable and all above it, each with where it comes from',
  right: 'authenticated',
  input: Type.Object({ ...Named, principal: Type.Optional(Type.String()) }),
  output: Type.Object({ privilege_assignments: Type.Array(EffectiveAssignment) }),
})

export const Explain = operation({
  id: 'explain',
  method: 'GET',
  path: '/api/cairn/v1/explain',
  summary: 'Whether a principal may do something, with the grants that decide or what is missing',
  right: 'authenticated',
  input: Type.Object({
    ...Named,
    privilege: Required(),
    principal: Type.Optional(
      Type.String({
        description: 'The caller when absent. Another takes MANAGE on the securable or READ AUDIT.',
      }),
    ),
  }),
  output: Type.Object({
    principal: Type.String(),
    privilege: PrivilegeName,
    securable_type: Type.String(),
    full_name: Type.String(),
    allowed: Type.Boolean(),
    /** What made each needed thing hold; OWNER is ownership. */
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
    /** Names of those who can grant what is missing. */
    can_grant: Type.Array(Type.String()),
    summary: Type.String(),
  }),
})
