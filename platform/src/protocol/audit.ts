import Type, { type Static } from 'typebox'
import { NextPage, PageFields } from './catalogs.js'
import { operation } from './operation.js'
import { Int64 } from './wire.js'

export const AuditEvent = Type.Object({
  id: Type.String(),
  /** Milliseconds since the epoch. */
  time: Int64(),
  request_id: Type.String(),
  principal: Type.String(),
  /** The requested privileges. */
  action: Type.String(),
  securable_type: Type.String(),
  securable: Type.String(),
  allowed: Type.Boolean(),
  /** The grants or ownership that decided, or what was missing. */
  reason: Type.String(),
})
export type AuditEvent = Static<typeof AuditEvent>

export const ListAudit = operation({
  id: 'listAudit',
  method: 'GET',
  path: '/api/cairn/v1/audit',
  summary:
    'List access decisions, newest first: all with READ AUDIT, otherwise those on securables that the caller manages',
  right: 'authenticated',
  input: Type.Object({
    securable: Type.Optional(Type.String({ description: 'A full name; includes the securables in it.' })),
    principal: Type.Optional(Type.String()),
    allowed: Type.Optional(Type.Boolean()),
    ...PageFields,
  }),
  output: Type.Object({ events: Type.Array(AuditEvent), ...NextPage }),
})
