import { invalid, missingParameter } from '@cairn/platform/errors'
import type { WebhookEvent } from '@cairn/platform/protocol/mlflow/webhooks'
import { exampleOf } from './events.js'

/** @throws INVALID_PARAMETER_VALUE with MLflow's message */
export function checkWebhookName(name: string) {
  if (!/^(?=.{1,63}$)[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(name))
    throw invalid(
      `Webhook name '${name}' is invalid. It must start and end with a letter or digit, be less than 63 characters long, and contain only letters, digits, dots (.), underscores (_), and hyphens (-).`,
    )
}

/** @throws INVALID_PARAMETER_VALUE for an empty list, and for an unsupported action */
export function checkEvents(events: readonly WebhookEvent[]) {
  if (events.length === 0) throw missingParameter('events')
  for (const event of events) exampleOf(event)
}
