import type { AuditRow } from '@cairn/platform/auth/schema'
import type { AuditEvent } from '@cairn/platform/protocol/cairn/audit'
import type { AuditView } from './view.js'

type Params = Readonly<Record<string, string | readonly string[]>>

/**
 * Returns a row with the nesting of Databricks' `system.access.audit`. Managers of an object do not get the lists of a request,
 * which may name objects that are hidden from them.
 */
export const eventOf = (row: AuditRow, { object }: Pick<AuditView, 'object'>): AuditEvent => ({
  event_id: row.event_id,
  event_time: row.event_time,
  event_date: new Date(row.event_time).toISOString().slice(0, 10),
  request_id: row.request_id,
  service_name: row.service_name,
  action_name: row.action_name,
  user_identity: {
    email: row.principal,
    subject_name: row.principal_id,
    type: row.principal_type,
    authentication: row.authentication,
    token_id: row.token_id,
  },
  session_id: row.session_id,
  source_ip_address: row.source_ip_address,
  user_agent: row.user_agent,
  request_params: paramsOf(JSON.parse(row.request_params) as Params, object === undefined),
  response: { status_code: row.status_code, error_code: row.error_code, error_message: row.error_message },
  outcome: row.outcome,
  object:
    row.object_type === null ? null : { type: row.object_type, id: row.object_id, name: row.object_name },
  reason: row.reason,
  changes: row.changes === null ? [] : JSON.parse(row.changes),
  count: row.count,
  last_time: row.last_time,
})

const paramsOf = (params: Params, isAuditor: boolean) =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : isAuditor ? value.join(', ') : '',
    ]),
  )
