import Type, { type Static } from 'typebox'
import { MANAGE_WEBHOOKS, WebhookEvent } from '../mlflow/webhooks.js'
import { operation } from '../operation.js'
import { Int64, Required } from '../wire.js'

export const WebhookDelivery = Type.Object({
  /** The id in the header `X-MLflow-Delivery-Id`, which is the same for every attempt. */
  delivery_id: Type.String(),
  event: WebhookEvent,
  state: Type.Union([
    Type.Literal('pending'),
    Type.Literal('delivered'),
    Type.Literal('failed'),
    Type.Literal('cancelled'),
  ]),
  attempts: Type.Integer(),
  created_at: Int64(),
  finished_at: Type.Optional(Int64()),
  /** The time of the next attempt, while the delivery is pending. */
  next_attempt_at: Type.Optional(Int64()),
  last_status: Type.Optional(Type.Integer()),
  last_error: Type.Optional(Type.String()),
})
export type WebhookDelivery = Static<typeof WebhookDelivery>

export const ListWebhookDeliveries = operation({
  id: 'listWebhookDeliveries',
  method: 'GET',
  path: '/api/cairn/v1/webhooks/{webhook_id}/deliveries',
  summary: 'List delivered, failed and pending deliveries of a webhook, newest first',
  right: MANAGE_WEBHOOKS,
  input: Type.Object({
    webhook_id: Required(),
    max_results: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    deliveries: Type.Array(WebhookDelivery),
    next_page_token: Type.Optional(Type.String()),
  }),
})
