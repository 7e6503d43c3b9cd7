import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { WebhookDelivery } from '@cairn/platform/protocol/cairn/webhook-deliveries'
import type { WebhookAction, WebhookEntity, WebhookStatus } from '@cairn/platform/protocol/mlflow/webhooks'

export interface RegisteredModelRow {
  name: string
  creation_timestamp: number
  last_updated_timestamp: number
  description: string | null
  user_id: string | null
}

export interface ModelVersionRow {
  name: string
  version: number
  creation_timestamp: number
  last_updated_timestamp: number
  user_id: string | null
  /** `Deleted_Internal` marks a deleted version, whose number is never reused. */
  current_stage: string
  description: string
  source: string
  /** `source` with `models:/` resolved. */
  storage_location: string
  run_id: string
  run_link: string
  model_id: string | null
  /** JSON, copied from the logged model. */
  model_params: string | null
  model_metrics: string | null
  /** Increases with every created version, across all models. */
  position: number
}

export interface PromotionRow {
  id: string
  name: string
  version: number
  alias: string
  verdict: 'passed' | 'failed' | 'forced'
  /** JSON list of checks with their figures. */
  checks: string
  champion_version: number | null
  reason: string | null
  decided_by: string
  decided_at: number
}

export interface WebhookRow {
  webhook_id: string
  name: string
  description: string | null
  url: string
  status: WebhookStatus
  secret: string | null
  creation_timestamp: number
  last_updated_timestamp: number
}

export interface WebhookDeliveryRow {
  delivery_id: string
  webhook_id: string
  entity: WebhookEntity
  action: WebhookAction
  body: string
  state: WebhookDelivery['state']
  attempts: number
  created_at: number
  due_at: number | null
  holder: string | null
  finished_at: number | null
  last_status: number | null
  last_error: string | null
}

export interface RegistrySchema
  extends Pick<
    AuthSchema,
    'securables' | 'grants' | 'principals' | 'access_requests' | 'access_request_events'
  > {
  registered_models: RegisteredModelRow
  registered_model_tags: { name: string; key: string; value: string }
  model_versions: ModelVersionRow
  /** The highest position so far, in a single row. */
  last_position: { id: number; last: number }
  model_version_tags: { name: string; version: number; key: string; value: string }
  registered_model_aliases: { name: string; alias: string; version: number }
  alias_moves: { name: string; position: number; alias: string; version: number | null; moved_at: number }
  promotions: PromotionRow
  webhooks: WebhookRow
  webhook_events: { webhook_id: string; entity: WebhookEntity; action: WebhookAction; position: number }
  webhook_deliveries: WebhookDeliveryRow
}

export const DELETED = 'Deleted_Internal'
