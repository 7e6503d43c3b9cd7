import { randomUUID } from 'node:crypto'
import { invalid, messageOf } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import { ListWebhookDeliveries } from '@cairn/platform/protocol/cairn/webhook-deliveries'
import {
  CreateWebhook,
  DeleteWebhook,
  GetWebhook,
  ListWebhooks,
  TestWebhook,
  UpdateWebhook,
  type WebhookEvent,
} from '@cairn/platform/protocol/mlflow/webhooks'
import type { Destinations } from '@cairn/platform/webhooks/destinations'
import { isSuccess } from '@cairn/platform/webhooks/outcome'
import type { FastifyPluginAsync } from 'fastify'
import type { WebhookRow } from '../schema.js'
import type { Deliveries } from './deliveries.js'
import { bodyOf, exampleOf } from './events.js'
import { checkEvents, checkWebhookName } from './names.js'
import type { WebhookSender } from './sender.js'
import type { WebhookStore } from './store.js'

export interface WebhookOptions {
  readonly webhooks: WebhookStore
  readonly deliveries: Deliveries
  readonly destinations: Destinations
  readonly sender: WebhookSender
  readonly now: () => number
}

const PAGE = 100
const MAX_PAGE = 1000

export const webhookRoutes: FastifyPluginAsync<WebhookOptions> = async (
  app,
  { webhooks, deliveries, destinations, sender, now },
) => {
  handle(
    app,
    CreateWebhook,
    async ({ name, url, events, description = '', secret = '', status = 'ACTIVE' }) => {
      checkWebhookName(name)
      checkEvents(events)
      await destinations.check(url)
      return { webhook: await webhooks.create({ name, url, events, description, secret, status }) }
    },
  )
  handle(app, ListWebhooks, async ({ max_results, page_token }) =>
    webhooks.list(pageSize(max_results), page_token),
  )
  handle(app, GetWebhook, async ({ webhook_id }) => ({ webhook: await webhooks.get(webhook_id) }))
  handle(app, UpdateWebhook, async ({ webhook_id, name, url, events, ...others }) => {
    await webhooks.getRow(webhook_id)
    if (name) checkWebhookName(name)
    if (events?.length) checkEvents(events)
    if (url) await destinations.check(url)
    const nonEmpty = { ...(name && { name }), ...(url && { url }), ...(events?.length && { events }) }
    return { webhook: await webhooks.update(webhook_id, { ...others, ...nonEmpty }) }
  })
  handle(app, DeleteWebhook, ({ webhook_id }) => emptyResponse(webhooks.delete(webhook_id)))
  handle(app, TestWebhook, async ({ webhook_id, event }) => {
    const webhook = await webhooks.getRow(webhook_id)
    const tested = event ?? (await webhooks.get(webhook_id)).events[0]!
    return { result: await sendExample(webhook, tested) }
  })
  handle(app, ListWebhookDeliveries, async ({ webhook_id, max_results = PAGE, page_token }) => {
    await webhooks.getRow(webhook_id)
    return deliveries.list(webhook_id, max_results, page_token)
  })

  async function sendExample(webhook: WebhookRow, event: WebhookEvent) {
    const body = bodyOf(event, exampleOf(event), now())
    try {
      const response = await sender.send(webhook, { deliveryId: randomUUID(), body })
      return { success: isSuccess(response), response_status: response.status, response_body: response.body }
    } catch (error) {
      return { success: false, error_message: `Failed to test webhook: ${messageOf(error)}` }
    }
  }
}

function pageSize(requested = PAGE): number {
  const size = requested || PAGE
  if (size < 1 || size > MAX_PAGE) throw invalid(`max_results must be between 1 and ${MAX_PAGE}.`)
  return size
}
