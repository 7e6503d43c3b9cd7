import type { AlertSchema } from '@cairn/platform/alerts/schema'
import { newProcessId } from '@cairn/platform/processes/process-id'
import type { ServiceContext } from '@cairn/platform/service-context'
import { configuredDestinations } from '@cairn/platform/webhooks/destinations'
import { webhookLimits } from '@cairn/platform/webhooks/limits'
import { Notifier } from '@cairn/platform/webhooks/notifier'
import { Outbox } from '@cairn/platform/webhooks/outbox'
import { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import type { FastifyPluginAsync } from 'fastify'
import type { Objects } from '../securables/objects.js'
import { AlertStore } from './alert-store.js'
import { queueAlerts } from './notifications.js'
import { alertRoutes } from './routes.js'
import { AlertRuleStore } from './rule-store.js'
import { WebhookUrls } from './webhook-urls.js'

/** Longer than any run: without its alert, a rule would raise another one for the run. */
const KEPT_DAYS = 365

interface Options {
  readonly context: ServiceContext
  readonly objects: Objects
}

/** Rules for alerts, the alerts, and the calls of their webhooks. */
export const alertPlugin: FastifyPluginAsync<Options> = async (app, { context, objects }) => {
  const { authorizer, config, db, identities, now } = context
  const alerts = new AlertStore(db.for<AlertSchema>())
  const destinations = configuredDestinations(config)
  const secrets = await WebhookSecrets.open(config)
  const receivers = new WebhookUrls(db.for<AlertSchema>(), secrets)
  await receivers.upgrade()
  const unreadable = await receivers.unreadableRules()
  if (unreadable.length > 0)
    app.log.warn(
      { rules: unreadable },
      'URLs of alert rules were encrypted with another key, so their calls wait for a server with that key: set CAIRN_WEBHOOK_SECRET_KEY, or set the URLs again',
    )
  const notifier = new Notifier({
    outbox: new Outbox(db, 'alert_notifications', now),
    collect: () => queueAlerts({ alerts, receivers, authorizer, identities, now }),
    ...{ destinations, receivers, log: app.log, holder: newProcessId(), now },
    ...webhookLimits(config),
  })
  context.retention.add(alerts.retention(KEPT_DAYS))
  app.addHook('onListen', async () => notifier.start())
  app.addHook('preClose', () => notifier.stop())
  await app.register(alertRoutes, {
    ...{ alerts, objects, authorizer, destinations },
    rules: new AlertRuleStore(db.for<AlertSchema>(), secrets, now),
  })
}
