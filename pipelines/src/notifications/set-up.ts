import { newProcessId } from '@cairn/platform/processes/process-id'
import type { ServiceContext } from '@cairn/platform/service-context'
import { configuredDestinations } from '@cairn/platform/webhooks/destinations'
import { webhookLimits } from '@cairn/platform/webhooks/limits'
import { Notifier } from '@cairn/platform/webhooks/notifier'
import { Outbox } from '@cairn/platform/webhooks/outbox'
import { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import type { FastifyInstance } from 'fastify'
import type { PipelinesSchema } from '../schema.js'
import { DestinationAccess } from './destination-access.js'
import { DestinationStore } from './destination-store.js'
import { DestinationReceivers } from './receivers.js'
import { destinationRoutes } from './routes.js'
import { DESTINATION, destinationNamings, upgradeDestinations } from './securable.js'

/** Serves notification destinations. The notifier that calls them is idle until it is started. */
export async function setUpNotifications(app: FastifyInstance, context: ServiceContext) {
  const { authorizer, config, now } = context
  const db = context.db.for<PipelinesSchema>()
  const secrets = await WebhookSecrets.open(config)
  const granted = await upgradeDestinations(db, secrets, now)
  if (granted.length > 0)
    app.log.info({ destinations: granted }, 'everybody may use the destinations of earlier releases')
  authorizer.objects.name(DESTINATION, destinationNamings())
  const allowed = configuredDestinations(config)
  await app.register(destinationRoutes, { destinations: new DestinationStore(db, secrets, now), allowed })
  const destinations = new DestinationAccess(context)
  const receivers = new DestinationReceivers(db, secrets, destinations)
  const unreadable = await receivers.withOtherKey()
  if (unreadable.length > 0)
    app.log.warn(
      { destinations: unreadable },
      'URLs of destinations were encrypted with another key, so their notifications wait for a server with that key: set CAIRN_WEBHOOK_SECRET_KEY, or set the URLs again',
    )
  const notifier = new Notifier({
    ...{ outbox: new Outbox(context.db, 'job_notifications', now), destinations: allowed, receivers },
    ...{ log: app.log, holder: newProcessId(), now },
    ...webhookLimits(config),
  })
  return { destinations, notifier }
}
