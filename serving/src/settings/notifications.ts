import { ApiError, invalid, messageOf } from '@cairn/platform/errors'
import type { Notifications } from '@cairn/platform/protocol/databricks/serving-settings'
import type { Destinations } from '@cairn/platform/webhooks/destinations'

const FIELDS = ['on_update_success', 'on_update_failure'] as const

/** @throws INVALID_PARAMETER_VALUE naming the field, for e-mail addresses and for URLs that webhooks may not have either */
export async function checkNotifications(
  notifications: Notifications,
  destinations: Destinations,
): Promise<void> {
  for (const field of FIELDS)
    for (const [index, recipient] of (notifications[field] ?? []).entries())
      await checkRecipient(recipient, `email_notifications.${field}[${index}]`, destinations)
}

async function checkRecipient(recipient: string, field: string, destinations: Destinations): Promise<void> {
  if (!/^https?:/i.test(recipient))
    throw invalid(
      `'${field}' is not the URL of a webhook. E-mail is not sent: use a URL with https, which receives a POST request.`,
    )
  try {
    await destinations.check(recipient)
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause
    throw invalid(`'${field}' cannot be called. ${messageOf(cause)}`, { cause })
  }
}
