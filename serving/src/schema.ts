import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { NotificationRow } from '@cairn/platform/webhooks/outbox'

export type UpdateState = 'NOT_UPDATING' | 'IN_PROGRESS' | 'UPDATE_FAILED' | 'UPDATE_CANCELED'

export interface EndpointRow {
  id: string
  name: string
  /** Principal name. */
  creator: string
  description: string
  /** JSON list of {key, value}. */
  tags: string
  creation_timestamp: number
  last_updated_timestamp: number
  /** JSON `EndpointConfig` of the active configuration; null until the first is ready. */
  config: string | null
  /** The number of configurations that have been active. */
  config_version: number
  /** JSON `EndpointConfig` that is being loaded. */
  pending: string | null
  pending_since: number | null
  update_state: UpdateState
  update_message: string
  /** JSON list of `RateLimit`; null without limits. */
  rate_limits: string | null
  /** JSON `AiGateway`. */
  ai_gateway: string | null
  /** Id of the table that queries are or were last recorded in. */
  inference_table: string | null
  /** JSON `Notifications`. */
  email_notifications: string | null
  /** The number of the deployment that is served; null until the first is ready. */
  deployment: number | null
  /** The number of the deployment of `pending`. */
  pending_deployment: number | null
}

export type DeploymentOutcome = 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'CANCELED'

export interface DeploymentRow {
  endpoint_id: string
  /** From 1 in each endpoint. */
  number: number
  /** JSON `EndpointConfig`. */
  config: string
  /** The version of the configuration, once it has succeeded. */
  config_version: number | null
  /** JSON list of `ResolvedEntity`, once it has succeeded; null for those of older releases. */
  resolved: string | null
  /** JSON list of `Promotion`. */
  promotions: string
  reason: string
  /** Principal name; empty when unknown. */
  creator: string
  creation_timestamp: number
  end_timestamp: number | null
  outcome: DeploymentOutcome
  message: string
  log: string
  /** Attempts since the last one that did not crash its process. */
  attempts: number
  /** The process that loads it. */
  holder: string | null
  lease_until: number | null
  /** 0 until its notifications are queued. */
  notified: 0 | 1
}

export interface FeedbackRow {
  endpoint_id: string
  /** The ids of the answer; one of the two is empty. */
  request_id: string
  client_request_id: string
  /** The name of the outcome. */
  name: string
  outcome: number
  timestamp: number
  /** Principal name. */
  sender: string
}

/** The first recorded answers of a served version whose model has no baseline. */
export interface DriftBaselineRow {
  endpoint_id: string
  served_entity: string
  version: string
  /** JSON `FirstAnswers`. */
  baseline: string
}

export interface ServingSchema extends Pick<AuthSchema, 'securables' | 'grants'> {
  endpoints: EndpointRow
  endpoint_deployments: DeploymentRow
  endpoint_feedback: FeedbackRow
  endpoint_notifications: NotificationRow
  drift_baselines: DriftBaselineRow
}
