import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { FullName, NextPage, PageFields } from '../unity/catalogs.js'
import { Int64, Required } from '../wire.js'

/** The grant or ownership that met one requirement of a decision. */
const Reason = Type.Object({
  /** A privilege, or OWNER for ownership. */
  privilege: Type.String(),
  securable_type: Type.String(),
  securable: Type.String(),
  /** The principal that holds the grant, or owns the securable. */
  holder: Type.String(),
  /** The groups from the principal up to the holder; empty when the principal is the holder. */
  groups: Type.Array(Type.String()),
  /** True if everybody has the privilege by default, without a grant. */
  by_default: Type.Optional(Type.Boolean()),
  /** When the grant ends. */
  expires_at: Type.Optional(Int64()),
})
export type Reason = Static<typeof Reason>

/** A privilege that is allowed, with the reason for each requirement: the privilege itself and USE on each container. */
const ReviewedPrivilege = Type.Object({
  privilege: Type.String(),
  basis: Type.Array(Reason),
  /** Other grants and ownerships that give it: 20 at most, and none to groups whose members the caller may not know. */
  others: Type.Array(Reason),
  others_left_out: Type.Optional(Type.Integer()),
  /** The fewest grants whose revocation ends the privilege. Absent if ownership or a default keeps it, or they cannot all be shown. */
  revoke_to_end: Type.Optional(Type.Array(Reason)),
})
export type ReviewedPrivilege = Static<typeof ReviewedPrivilege>

const ReviewedPrincipal = {
  principal: Type.String(),
  /** user, group or service_principal. */
  principal_type: Type.String(),
  /** True if it may sign in. */
  active: Type.Boolean(),
}

const ObjectEntry = Type.Object({ ...ReviewedPrincipal, privileges: Type.Array(ReviewedPrivilege) })
export type ObjectEntry = Static<typeof ObjectEntry>

const PrincipalEntry = Type.Object({
  securable_type: Type.String(),
  /** Identifies jobs, whose names are not unique. */
  securable_id: Type.String(),
  full_name: Type.String(),
  privileges: Type.Array(ReviewedPrivilege),
})
export type PrincipalEntry = Static<typeof PrincipalEntry>

const AnObject = {
  securable_type: Required({
    maxLength: 100,
    description:
      'metastore, catalog, schema, table, volume, experiment, registered_model, job or serving_endpoint; case-insensitive.',
  }),
  full_name: FullName(),
}
const APrincipal = {
  principal: Type.Optional(
    Type.String({
      maxLength: 255,
      description: 'Name or id; default: the caller. Another principal requires READ AUDIT.',
    }),
  ),
}
const MANAGED = { privilege: 'MANAGE', on: 'catalog' } as const

export const ReviewObject = operation({
  id: 'reviewObjectAccess',
  method: 'GET',
  path: '/api/cairn/v1/access-review/object',
  summary: 'List who has which privileges on a securable and why; requires MANAGE on it, or READ AUDIT',
  right: MANAGED,
  scope: 'read',
  input: Type.Object({ ...AnObject, ...PageFields }),
  output: Type.Object({
    securable_type: Type.String(),
    full_name: Type.String(),
    entries: Type.Array(ObjectEntry),
    ...NextPage,
  }),
})

export const ReviewPrincipal = operation({
  id: 'reviewPrincipalAccess',
  method: 'GET',
  path: '/api/cairn/v1/access-review/principal',
  summary: 'List the securables on which a principal has privileges, and why',
  right: 'authenticated',
  scope: 'read',
  input: Type.Object({ ...APrincipal, ...PageFields }),
  output: Type.Object({ ...ReviewedPrincipal, entries: Type.Array(PrincipalEntry), ...NextPage }),
})

export const ExportObjectReview = operation({
  id: 'exportObjectReview',
  method: 'GET',
  path: '/api/cairn/v1/access-review/object.csv',
  summary: 'Stream who has which privileges on a securable as CSV',
  right: MANAGED,
  scope: 'read',
  input: Type.Object(AnObject),
  output: Type.Unknown({ description: 'text/csv, a line for each principal, privilege and reason' }),
})

export const ExportPrincipalReview = operation({
  id: 'exportPrincipalReview',
  method: 'GET',
  path: '/api/cairn/v1/access-review/principal.csv',
  summary: 'Stream the privileges of a principal as CSV',
  right: 'authenticated',
  scope: 'read',
  input: Type.Object(APrincipal),
  output: Type.Unknown({ description: 'text/csv, a line for each securable, privilege and reason' }),
})
