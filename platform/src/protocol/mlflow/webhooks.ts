import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { Empty, Enum, Int64, Required } from '../wire.js'

const BASE = '/api/2.0/mlflow/webhooks'

/** The right to manage webhooks, which send events to other machines regardless of read rights. As in MLflow. */
export const MANAGE_WEBHOOKS = { privilege: 'MANAGE', on: 'metastore' } as const

const WebhookEntity = Enum({
  REGISTERED_MODEL: 1,
  MODEL_VERSION: 2,
  MODEL_VERSION_TAG: 3,
  MODEL_VERSION_ALIAS: 4,
  PROMPT: 5,
  PROMPT_VERSION: 6,
  PROMPT_TAG: 7,
  PROMPT_VERSION_TAG: 8,
  PROMPT_ALIAS: 9,
  BUDGET_POLICY: 10,
  /** An addition to MLflow's API. */
  ACCESS_REQUEST: 1001,
})
export type WebhookEntity = Static<typeof WebhookEntity>

const WebhookAction = Enum({ CREATED: 1, UPDATED: 2, DELETED: 3, SET: 4, EXCEEDED: 5 })
export type WebhookAction = Static<typeof WebhookAction>

export const WebhookEvent = Type.Object({ entity: WebhookEntity, action: WebhookAction })
export type WebhookEvent = Static<typeof WebhookEvent>

const WebhookStatus = Enum({ ACTIVE: 1, DISABLED: 2 })
export type WebhookStatus = Static<typeof WebhookStatus>

/** A webhook without its secret, which is never returned. */
export const Webhook = Type.Object({
  webhook_id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  url: Type.String(),
  events: Type.Array(WebhookEvent),
  status: WebhookStatus,
  creation_timestamp: Int64(),
  last_updated_timestamp: Int64(),
})
export type Webhook = Static<typeof Webhook>

const Url = () => Required({ maxLength: 2000 })
const Description = () => Type.String({ maxLength: 5000 })
const Secret = () => Type.String({ maxLength: 1000 })
const Events = () => Type.Array(WebhookEvent, { maxItems: 100 })
const OneWebhook = Type.Object({ webhook: Webhook })
const Named = Type.Object({ webhook_id: Required() })

export const CreateWebhook = operation({
  id: 'createWebhook',
  method: 'POST',
  path: BASE,
  summary: 'Create a webhook',
  right: MANAGE_WEBHOOKS,
  input: Type.Object({
    name: Required(),
    description: Type.Optional(Description()),
    url: Url(),
    events: Events(),
    secret: Type.Optional(Secret()),
    status: Type.Optional(WebhookStatus),
  }),
  output: OneWebhook,
})

export const ListWebhooks = operation({
  id: 'listWebhooks',
  method: 'GET',
  path: BASE,
  summary: 'List webhooks, newest first',
  right: MANAGE_WEBHOOKS,
  input: Type.Object({
    max_results: Type.Optional(Int64()),
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    webhooks: Type.Optional(Type.Array(Webhook)),
    next_page_token: Type.Optional(Type.String()),
  }),
})

export const GetWebhook = operation({
  id: 'getWebhook',
  method: 'GET',
  path: `${BASE}/{webhook_id}`,
  summary: 'Get a webhook',
  right: MANAGE_WEBHOOKS,
  input: Named,
  output: OneWebhook,
})

export const UpdateWebhook = operation({
  id: 'updateWebhook',
  method: 'PATCH',
  path: `${BASE}/{webhook_id}`,
  summary: 'Update the given fields of a webhook; an empty secret removes the secret',
  right: MANAGE_WEBHOOKS,
  input: Type.Object({
    webhook_id: Required(),
    name: Type.Optional(Type.String()),
    description: Type.Optional(Description()),
    url: Type.Optional(Type.String({ maxLength: 2000 })),
    events: Type.Optional(Events()),
    secret: Type.Optional(Secret()),
    status: Type.Optional(WebhookStatus),
  }),
  output: OneWebhook,
})

export const DeleteWebhook = operation({
  id: 'deleteWebhook',
  method: 'DELETE',
  path: `${BASE}/{webhook_id}`,
  summary: 'Delete a webhook and its pending deliveries',
  right: MANAGE_WEBHOOKS,
  input: Named,
  output: Empty,
})

export const TestWebhook = operation({
  id: 'testWebhook',
  method: 'POST',
  path: `${BASE}/{webhook_id}/test`,
  summary: 'Send an example event once and return the response',
  right: MANAGE_WEBHOOKS,
  input: Type.Object({ webhook_id: Required(), event: Type.Optional(WebhookEvent) }),
  output: Type.Object({
    result: Type.Object({
      success: Type.Boolean(),
      response_status: Type.Optional(Type.Integer()),
      response_body: Type.Optional(Type.String()),
      error_message: Type.Optional(Type.String()),
    }),
  }),
})
