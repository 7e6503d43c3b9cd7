import type { AccessRequestState } from '../protocol/cairn/access-requests.js'
import type { Privilege, SecurableType } from '../protocol/privileges.js'
import type { PrincipalType } from './principal.js'

export interface PrincipalRow {
  id: string
  type: PrincipalType
  /** Unique over all principals: the e-mail of a user, or the name of a service principal or group. */
  name: string
  display_name: string
  active: 0 | 1
  created_at: number
  /** The id at an identity provider. */
  external_id: string | null
  email: string | null
  /** The time of the last change of its attributes or members; null before the first one. */
  updated_at: number | null
}

export interface TokenRow {
  id: string
  principal_id: string
  /** sha256 of the secret, hex. */
  hash: string
  label: string
  created_at: number
  expires_at: number | null
  revoked_at: number | null
  /** JSON list; null for a token with all rights of its principal. */
  scopes: string | null
  used_at: number | null
  /** Id of the first of the tokens that replaced each other; null for one that was never replaced. */
  family: string | null
  /** `attempt` for the token of a task; null for all others. */
  purpose: 'attempt' | null
}

export interface PasswordRow {
  principal_id: string
  /** In werkzeug's format; see `password-hash.ts`. */
  hash: string
  changed_at: number
}

export interface SessionRow {
  id: string
  principal_id: string
  /** sha256 of the secret, hex. */
  hash: string
  previous_hash: string | null
  /** Null until the new secret was used. */
  previous_until: number | null
  method: 'password' | 'sso' | 'invite' | 'token'
  token_id: string | null
  id_token: string | null
  address: string
  user_agent: string
  created_at: number
  used_at: number
  rotated_at: number
  expires_at: number
}

export interface InviteRow {
  id: string
  /** sha256 of the secret, hex. */
  hash: string
  principal_id: string | null
  name: string
  group_ids: string
  /** Principal id. */
  created_by: string
  created_at: number
  expires_at: number
  used_at: number | null
}

export interface ExternalAccountRow {
  issuer: string
  subject: string
  principal_id: string
  group_ids: string
}

export interface GrantRow {
  principal_id: string
  securable_type: SecurableType
  securable_id: string
  privilege: Privilege
  granted_by: string
  granted_at: number
  /** Milliseconds since the epoch; null for a grant without an end. */
  expires_at: number | null
}

/** An object that rights are granted on. The type and the id identify it. */
export interface SecurableRow {
  type: SecurableType
  id: string
  /** The id of an object of the kind's parent; null for the metastore. */
  parent_id: string | null
  name: string
  /** Principal id. */
  owner: string
  created_at: number
}

export interface AccessRequestRow {
  id: string
  /** Principal id. */
  requester: string
  securable_type: SecurableType
  asked_name: string
  securable_id: string | null
  /** JSON list. */
  privileges: string
  level: string | null
  reason: string
  state: AccessRequestState
  created_at: number
  expires_at: number | null
  decided_at: number | null
  /** Principal id. */
  decided_by: string | null
  comment: string | null
  /** JSON list. */
  granted: string | null
  /** Days for which an approval grants. */
  grant_days: number | null
}

export interface AccessRequestEventRow {
  id: string
  request_id: string
  state: AccessRequestState
  created_at: number
}

export type AuditOutcome = 'success' | 'denied' | 'failed'

/** An event on one object; with a count, equal ones within a minute (ADR 36). */
export interface AuditRow {
  event_id: string
  event_time: number
  /** The time of the last counted event. */
  last_time: number
  count: number
  request_id: string
  service_name: string
  action_name: string
  /** Empty for a caller that is not known. */
  principal_id: string
  principal: string
  principal_type: string
  authentication: string
  token_id: string | null
  session_id: string | null
  source_ip_address: string
  user_agent: string
  /** JSON object of strings and lists of strings. */
  request_params: string
  status_code: number
  error_code: string | null
  error_message: string | null
  outcome: AuditOutcome
  object_type: string | null
  object_id: string | null
  object_name: string | null
  /** The catalog and the schema that the object is, or that contain it. */
  catalog_id: string | null
  schema_id: string | null
  /** The grants or the ownership that allowed the request, or what was missing. */
  reason: string
  /** JSON list. */
  changes: string | null
}

export interface AuthSchema {
  principals: PrincipalRow
  group_members: { group_id: string; member_id: string }
  tokens: TokenRow
  passwords: PasswordRow
  sessions: SessionRow
  invites: InviteRow
  external_accounts: ExternalAccountRow
  grants: GrantRow
  securables: SecurableRow
  access_requests: AccessRequestRow
  access_request_events: AccessRequestEventRow
  audit_events: AuditRow
  /** `key`: sha256, hex, shortened. */
  sign_in_attempts: { key: string; count: number; last: number }
  mlflow_ids: { id: number; key: string }
  /** `hash`: sha256 of the secret, hex. */
  tickets: { hash: string; subject: string; expires_at: number }
}
