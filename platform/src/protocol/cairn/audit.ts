import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { NextPage, PageFields } from '../unity/catalogs.js'
import { Int64, OneOf } from '../wire.js'

const Names = Type.Array(Type.String())

/** A change of an event: privileges, members or scopes that were added and removed, or a value before and after. */
export const AuditChange = Type.Object({
  /** `privileges`, `owner`, `members`, `alias`, … */
  field: Type.String(),
  principal: Type.Optional(Type.String()),
  added: Type.Optional(Names),
  removed: Type.Optional(Names),
  before: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  after: Type.Optional(Type.Union([Type.String(), Type.Null()])),
})
export type AuditChange = Static<typeof AuditChange>

const Nullable = Type.Union([Type.String(), Type.Null()])

/** An event with the columns of Databricks' `system.access.audit`, and what this server adds. */
export const AuditEvent = Type.Object({
  event_id: Type.String(),
  /** Milliseconds since the epoch. */
  event_time: Int64(),
  event_date: Type.String(),
  request_id: Type.String(),
  service_name: Type.String(),
  /** The id of the operation. */
  action_name: Type.String(),
  /** The caller; empty strings for an unknown one. */
  user_identity: Type.Object({
    /** The principal's name. */
    email: Type.String(),
    /** The principal's id. */
    subject_name: Type.String(),
    type: Type.String(),
    /** `session`, `token`, `password`, `local_owner`, `s3_keys`, `internal`, `none`. */
    authentication: Type.String(),
    token_id: Nullable,
  }),
  session_id: Nullable,
  source_ip_address: Type.String(),
  user_agent: Type.String(),
  /** The names in the request, without payloads. */
  request_params: Type.Record(Type.String(), Type.String()),
  response: Type.Object({ status_code: Type.Integer(), error_code: Nullable, error_message: Nullable }),
  /** `success`, `denied`, also for a 404 that hides a refusal, or `failed` for another error. */
  outcome: Type.String(),
  object: Type.Union([Type.Object({ type: Type.String(), id: Nullable, name: Nullable }), Type.Null()]),
  /** The grants or the ownership that allowed the request, or what was missing. */
  reason: Type.String(),
  changes: Type.Array(AuditChange),
  /** How many equal events within a minute the row stands for, the last of them at `last_time`. */
  count: Int64(),
  last_time: Int64(),
})
export type AuditEvent = Static<typeof AuditEvent>

const AuditFilterFields = {
  securable: Type.Optional(
    Type.String({
      description:
        'A full name, which includes the securables in it; with `object_type` the id or name of an object.',
    }),
  ),
  object_type: Type.Optional(Type.String({ description: 'For example `experiment`.' })),
  principal: Type.Optional(Type.String({ description: 'The name of the caller.' })),
  action: Type.Optional(Type.String({ description: 'The id of an operation, for example `deleteRun`.' })),
  outcome: Type.Optional(OneOf(['success', 'denied', 'failed'])),
  source_ip_address: Type.Optional(Type.String()),
  request_id: Type.Optional(Type.String()),
  start_time: Type.Optional(Int64({ minimum: 0, description: 'Milliseconds since the epoch, inclusive.' })),
  end_time: Type.Optional(Int64({ minimum: 0, description: 'Milliseconds since the epoch, exclusive.' })),
}

export const ListAudit = operation({
  id: 'listAudit',
  method: 'GET',
  path: '/api/cairn/v1/audit',
  summary:
    'List audit events, newest first: all with READ AUDIT, otherwise those on a securable that the caller manages',
  right: 'authenticated',
  input: Type.Object({ ...AuditFilterFields, ...PageFields }),
  output: Type.Object({ events: Type.Array(AuditEvent), ...NextPage }),
})

export const ExportAudit = operation({
  id: 'exportAudit',
  method: 'GET',
  path: '/api/cairn/v1/audit/export',
  summary:
    'Download all audit events that match a filter, newest first, as JSON lines or CSV; with the right of the list',
  right: 'authenticated',
  input: Type.Object({ ...AuditFilterFields, format: Type.Optional(OneOf(['jsonl', 'csv'])) }),
  output: Type.Unknown(),
})
