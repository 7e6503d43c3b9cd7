import type { Db } from '@cairn/platform/db/db'
import type { ServiceContext } from '@cairn/platform/service-context'
import { configuredDestinations } from '@cairn/platform/webhooks/destinations'
import type { Resolve } from '@cairn/platform/webhooks/dns-lookups'
import { webhookLimits } from '@cairn/platform/webhooks/limits'
import { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import type { FastifyBaseLogger } from 'fastify'
import type { RegistrySchema } from '../schema.js'
import { AccessRequestEvents } from './access-requests.js'
import { Deliveries } from './deliveries.js'
import { Dispatcher } from './dispatcher.js'
import type { Outbox } from './outbox.js'
import { WebhookSender } from './sender.js'
import { WebhookStore } from './store.js'

/** Creates the webhook services from the configuration. The dispatcher is idle until `start`. */
export async function createWebhookServices(
  db: Db<RegistrySchema>,
  { config, now, outbox }: Pick<ServiceContext, 'config' | 'now'> & { readonly outbox: Outbox },
  log: FastifyBaseLogger,
  resolve?: Resolve,
) {
  const limits = webhookLimits(config)
  const secrets = await WebhookSecrets.open(config)
  const webhooks = new WebhookStore(db, secrets, now)
  const deliveries = new Deliveries(db, secrets.prefix, now)
  const destinations = configuredDestinations(config, resolve)
  const sender = new WebhookSender({ destinations, secrets, timeoutMs: limits.timeoutMs, now })
  const dispatcher = new Dispatcher({
    requests: new AccessRequestEvents(db, outbox),
    deliveries,
    webhooks,
    sender,
    log,
    ...limits,
    now,
  })
  return { webhooks, deliveries, destinations, sender, dispatcher }
}
