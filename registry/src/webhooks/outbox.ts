import { randomUUID } from 'node:crypto'
import type { Transaction } from '@cairn/platform/db/db'
import type { WebhookAction, WebhookEntity, WebhookEvent } from '@cairn/platform/protocol/mlflow/webhooks'
import { hasPromptTag, IS_PROMPT } from '../namespace/prompts.js'
import type { RegistrySchema, WebhookDeliveryRow } from '../schema.js'
import { bodyOf } from './events.js'
import { EVENTS, eventData, type RegistryChange } from './registry-change.js'

/**
 * A transactional outbox (ADR 17): deliveries are inserted in the transaction of the change, so that committed changes are
 * delivered and rolled-back ones are not.
 */
export class Outbox {
  readonly #now: () => number
  #hasNew = false

  constructor(now: () => number) {
    this.#now = now
  }

  /** Adds the deliveries of a change. Call it after the change on `tx`: the tags decide whether the model is a prompt. */
  async put(tx: Transaction<RegistrySchema>, change: RegistryChange): Promise<void> {
    const { action, model, prompt } = EVENTS[change.kind]
    const subscriptions = await subscriptionsTo(tx, action, model ? [model, prompt] : [prompt])
    if (subscriptions.length === 0) return
    const isPrompt = await hasPromptTagNow(tx, change.name)
    const entity = isPrompt ? prompt : model
    if (!entity) return
    const event = { entity, action }
    const time = this.#now()
    const body = bodyOf(event, eventData(change, isPrompt), time)
    const listening = subscriptions.filter((subscription) => subscription.entity === entity)
    await this.#insert(tx, listening, { event, body, time })
  }

  /** Adds the deliveries of an event that is not about a model. @param at its time, in milliseconds since the epoch */
  async putEvent(
    tx: Transaction<RegistrySchema>,
    event: WebhookEvent,
    data: object,
    at: number,
  ): Promise<void> {
    const listening = await subscriptionsTo(tx, event.action, [event.entity])
    await this.#insert(tx, listening, { event, body: bodyOf(event, data, at), time: this.#now() })
  }

  async #insert(
    tx: Transaction<RegistrySchema>,
    listening: readonly { readonly webhook_id: string }[],
    { event, body, time }: { readonly event: WebhookEvent; readonly body: string; readonly time: number },
  ) {
    if (listening.length === 0) return
    const rows = listening.map(({ webhook_id }) => deliveryRow(webhook_id, event, body, time))
    await tx.insertInto('webhook_deliveries').values(rows).execute()
    this.#hasNew = true
  }

  /** Returns whether deliveries were added since the last call. If not committed yet, the next poll finds them. */
  takeHasNew(): boolean {
    const hadNew = this.#hasNew
    this.#hasNew = false
    return hadNew
  }
}

const deliveryRow = (
  webhook_id: string,
  { entity, action }: WebhookEvent,
  body: string,
  time: number,
): WebhookDeliveryRow => ({
  delivery_id: randomUUID(),
  webhook_id,
  entity,
  action,
  body,
  state: 'pending',
  attempts: 0,
  created_at: time,
  due_at: time,
  holder: null,
  finished_at: null,
  last_status: null,
  last_error: null,
})

const subscriptionsTo = (
  tx: Transaction<RegistrySchema>,
  action: WebhookAction,
  entities: readonly WebhookEntity[],
) =>
  tx
    .selectFrom('webhook_events')
    .innerJoin('webhooks', 'webhooks.webhook_id', 'webhook_events.webhook_id')
    .select(['webhook_events.webhook_id', 'webhook_events.entity'])
    .where('webhooks.status', '=', 'ACTIVE')
    .where('webhook_events.action', '=', action)
    .where('webhook_events.entity', 'in', entities)
    .execute()

async function hasPromptTagNow(tx: Transaction<RegistrySchema>, name: string): Promise<boolean> {
  const tags = await tx
    .selectFrom('registered_model_tags')
    .select(['key', 'value'])
    .where('name', '=', name)
    .where('key', '=', IS_PROMPT)
    .execute()
  return hasPromptTag(tags)
}
