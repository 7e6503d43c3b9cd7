import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { FullName, NextPage, PageFields } from '../unity/catalogs.js'
import { Int64, OneOf, Required } from '../wire.js'

export const ACCESS_REQUEST_STATES = ['open', 'approved', 'declined', 'withdrawn', 'expired'] as const
export type AccessRequestState = (typeof ACCESS_REQUEST_STATES)[number]

const Privileges = Type.Array(Type.String({ maxLength: 100 }), { maxItems: 50 })
const Level = Type.String({
  maxLength: 100,
  description: "A level of Databricks' permissions API, e.g. CAN_READ.",
})
const GrantDays = Type.Integer({
  minimum: 1,
  maximum: 365,
  description: 'Days after the approval at which the access ends.',
})
const Text = (description: string) => Type.String({ maxLength: 2000, description })

export const AccessRequest = Type.Object({
  id: Type.String(),
  state: OneOf(ACCESS_REQUEST_STATES),
  requester: Type.String(),
  securable_type: Type.String(),
  /** The name that the requester wrote, or the current name for those who decide. */
  full_name: Type.String(),
  /** The id, only for those who decide, because jobs have no unique names. */
  securable_id: Type.Optional(Type.String()),
  privileges: Type.Array(Type.String()),
  /** The requested level; absent if privileges were requested. */
  level: Type.Optional(Type.String()),
  reason: Type.String(),
  created_at: Int64(),
  expires_at: Type.Optional(Int64()),
  /** Days for which an approval grants; absent for access without an end. */
  grant_expires_in_days: Type.Optional(Type.Integer()),
  /** The rest is absent while the request is open. */
  decided_at: Type.Optional(Int64()),
  decided_by: Type.Optional(Type.String()),
  comment: Type.Optional(Type.String()),
  granted: Type.Optional(Type.Array(Type.String())),
  /** When the granted access ends. */
  grant_expires_at: Type.Optional(Int64()),
})
export type AccessRequest = Static<typeof AccessRequest>

export const RequestAccess = operation({
  id: 'requestAccess',
  method: 'POST',
  path: '/api/cairn/v1/access-requests',
  summary:
    'Ask the owner and the managers of a securable for access; answered equally whether it exists or not. An equal open request is returned instead of a second one',
  right: 'authenticated',
  scope: 'none',
  input: Type.Object({
    securable_type: Required({ maxLength: 100 }),
    full_name: FullName(),
    privileges: Type.Optional(Privileges),
    level: Type.Optional(Level),
    reason: Type.Optional(Text('Why the access is needed.')),
    expires_in_days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 365, description: 'The request lapses then; default: never.' }),
    ),
    grant_expires_in_days: Type.Optional(GrantDays),
  }),
  output: AccessRequest,
})

export const ListAccessRequests = operation({
  id: 'listAccessRequests',
  method: 'GET',
  path: '/api/cairn/v1/access-requests',
  summary: "List the caller's own requests for access, or those that it may decide, newest first",
  right: 'authenticated',
  scope: 'read',
  input: Type.Object({
    box: Type.Optional(OneOf(['mine', 'to_decide'] as const)),
    state: Type.Optional(OneOf(ACCESS_REQUEST_STATES)),
    ...PageFields,
  }),
  output: Type.Object({ requests: Type.Array(AccessRequest), ...NextPage }),
})

const DECIDED = { privilege: 'MANAGE', on: 'catalog' } as const
const Id = Required({ maxLength: 255 })

export const ApproveAccessRequest = operation({
  id: 'approveAccessRequest',
  method: 'POST',
  path: '/api/cairn/v1/access-requests/{id}/approve',
  summary:
    'Grant what a request asks for, or less; requires MANAGE on the securable and the privileges themselves',
  right: DECIDED,
  scope: 'none',
  input: Type.Object({
    id: Id,
    privileges: Type.Optional(Privileges),
    level: Type.Optional(Level),
    /** The default is the number in the request. */
    grant_expires_in_days: Type.Optional(GrantDays),
    comment: Type.Optional(Text('For the requester.')),
  }),
  output: AccessRequest,
})

export const DeclineAccessRequest = operation({
  id: 'declineAccessRequest',
  method: 'POST',
  path: '/api/cairn/v1/access-requests/{id}/decline',
  summary: 'Decline a request for access; requires MANAGE on the securable',
  right: DECIDED,
  scope: 'none',
  input: Type.Object({ id: Id, comment: Required({ maxLength: 2000, description: 'The reason.' }) }),
  output: AccessRequest,
})

export const WithdrawAccessRequest = operation({
  id: 'withdrawAccessRequest',
  method: 'POST',
  path: '/api/cairn/v1/access-requests/{id}/withdraw',
  summary: "Withdraw one of the caller's open requests",
  right: 'authenticated',
  scope: 'none',
  input: Type.Object({ id: Id }),
  output: AccessRequest,
})
