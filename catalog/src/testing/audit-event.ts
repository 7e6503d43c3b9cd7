import type { AuditRow } from '@cairn/platform/auth/schema'

/** A successful operation of a user on no object. */
export const AUDIT_EVENT: AuditRow = {
  ...{ event_id: '', event_time: 0, last_time: 0, count: 1, request_id: 'r', service_name: 's', reason: '' },
  ...{ action_name: 'getRun', principal_id: 'p', principal: 'ada', principal_type: 'user', changes: null },
  ...{ authentication: 'token', token_id: null, session_id: null, source_ip_address: '::1', user_agent: '' },
  ...{ request_params: '{}', status_code: 200, error_code: null, error_message: null, outcome: 'success' },
  ...{ object_type: null, object_id: null, object_name: null, catalog_id: null, schema_id: null },
}
