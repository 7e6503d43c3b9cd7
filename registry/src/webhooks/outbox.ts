import { randomUUID } from 'node:crypto'
import type { Transaction } from '@cairn/platform/db/db'
import type { WebhookAction, WebhookEntity, WebhookEvent } from '@cairn/platform/protocol/webhooks'
import { hasPromptTag, IS_PROMPT } from '../models/prompts.js'
import type { RegistrySchema, WebhookDeliveryRow } from '../schema.js'
import { bodyOf } from './events.js'
import { EVENTS, eventData, type RegistryChange } from './registry-change.js'

/**
 * Writes down what webhooks are to be told in the transaction of the change itself (ADR 17): whatever is committed is
 * delivered, and nothing that was rolled back ever is.
 */
export class Outbox {
  readonly #now: () => number
  #hasNews = false

  constructor(now: () => number) {
    this.#now = now
  }

  /** To be called after the change was made on `tx`, which decides what is a prompt. */
  async put(tx: Transaction<RegistrySchema>, change: RegistryChange): Promise<void> {
    const { action, model, prompt } = EVENTS[change.kind]
    const listeners = await listenersOf(tx, action, model ? [model, prompt] : [prompt])
    if (listeners.length === 0) return
    const isPrompt = await isPromptNow(tx, change.name)
    const entity = isPrompt ? prompt : model
    if (!entity) return
    const event = { entity, action }
    const time = this.#now()
    const body = bodyOf(event, eventData(change, isPrompt), time)
    const rows = listeners
      .filter((listener) => listener.entity === entity)
      .map(({ webhook_id }) => deliveryOf(webhook_id, event, body, time))
    if (rows.length === 0) return
    await tx.insertInto('webhook_deliveries').values(rows).execute()
    this.#hasNews = true
  }

  /** Whether something was put in since the last call. It may not be committed yet: then a regular look finds it. */
  takeNews(): boolean {
    const hadNews = this.#hasNews
    this.#hasNews = false
    return hadNews
  }
}

const deliveryOf = (
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

const listenersOf = (
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

async function isPromptNow(tx: Transaction<RegistrySchema>, name: string): Promise<boolean> {
  const tags = await tx
    .selectFrom('registered_model_tags')
    .select(['key', 'value'])
    .where('name', '=', name)
    .where('key', '=', IS_PROMPT)
    .execute()
  return hasPromptTag(tags)
}
