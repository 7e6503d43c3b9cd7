import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import type { AlertStore, AlertWithRule } from './alert-store.js'
import { RIGHTS } from './rights.js'
import type { WebhookUrls } from './webhook-urls.js'

const PAGE = 100

interface Options {
  readonly alerts: AlertStore
  readonly receivers: Pick<WebhookUrls, 'receiverOf'>
  readonly authorizer: Authorizer
  readonly identities: Identities
  readonly now: () => number
}

/** Queues the webhook calls of new alerts. A rule sends nothing once its creator may no longer read the object. */
export async function queueAlerts({
  alerts,
  receivers,
  authorizer,
  identities,
  now,
}: Options): Promise<void> {
  for (const alert of await alerts.toNotify(PAGE)) {
    const creator = await identities.find(alert.created_by)
    const type = alert.securable_type
    const isActive = creator?.active && creator.id === alert.created_by // not a principal with this name
    const decided = isActive
      ? await authorizer.objects.decide(creator, [RIGHTS[type].read], type, alert.securable_id)
      : undefined
    const isSent = alert.webhook_url !== null && decided?.decision.allowed
    const call = isSent ? { url: receivers.receiverOf(alert), body: bodyOf(alert) } : undefined
    await alerts.queue(alert.alert_id, call, now())
  }
}

/** The body of the webhook call; chat services display `text`. */
const bodyOf = (alert: AlertWithRule): string =>
  JSON.stringify({
    event_type: `alerts.${alert.kind}`,
    text: sentenceOf(alert),
    timestamp: new Date(alert.created_at).toISOString(),
    alert: {
      ...{ alert_id: alert.alert_id, rule_id: alert.rule_id, name: alert.name, kind: alert.kind },
      ...{ object_type: alert.securable_type, object_id: alert.securable_id, object_name: alert.object_name },
      ...{ run_id: alert.run_id, run_name: alert.run_name },
      ...(alert.metric_key !== null && {
        ...{ metric_key: alert.metric_key, comparison: alert.comparison },
        ...{ threshold: alert.threshold, value: alert.value },
      }),
      ...(alert.minutes !== null && { minutes: alert.minutes }),
    },
  })

function sentenceOf({ kind, ...alert }: AlertWithRule): string {
  const run = `Run ${alert.run_name || alert.run_id} of ${alert.object_name}`
  switch (kind) {
    case 'metric_threshold':
      return `${alert.name}: ${run} has ${alert.metric_key} = ${alert.value}, ${alert.comparison} ${alert.threshold}.`
    case 'run_stalled':
      return `${alert.name}: ${run} logged no metric for ${alert.minutes} minutes.`
    default:
      return `${alert.name}: ${run} failed.`
  }
}
