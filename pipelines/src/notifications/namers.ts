import type { WebhookNotifications } from '@cairn/platform/protocol/databricks/job-notifications'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'

/** A destination as settings store it. */
export interface StoredDestination {
  readonly id: string
  /** Id of the principal that named it, whose right counts for each notification; absent in settings of earlier releases. */
  readonly named_by?: string | null
}

/** A destination with the event that names it. */
interface NamedDestination extends StoredDestination {
  readonly event: string
}

/** Principals by the destinations that they named; null for an unknown one. */
export type Namers = ReadonlyMap<string, string | null>

export const namedDestinations = ({ webhook_notifications = {} }: JobSettings): NamedDestination[] =>
  Object.entries(webhook_notifications).flatMap(([event, destinations]) =>
    // An event that is not supported may be false.
    Array.isArray(destinations)
      ? (destinations as StoredDestination[]).map((one) => ({ ...one, event }))
      : [],
  )

/** Settings as they are stored. A principal that is stored already stays. */
export const withNamers = (settings: JobSettings, namers: Namers): JobSettings =>
  changeDestinations(settings, (one) => ({ named_by: namers.get(one.id) ?? null, ...one }))

/** Removes the principals: clients neither see nor choose them. */
export const withoutNamers = (settings: JobSettings): JobSettings =>
  changeDestinations(settings, ({ id }) => ({ id }))

function changeDestinations(
  { webhook_notifications, ...settings }: JobSettings,
  change: (destination: StoredDestination) => StoredDestination,
): JobSettings {
  if (!webhook_notifications) return settings
  const changed = Object.entries(webhook_notifications).map(([event, destinations]) => [
    event,
    Array.isArray(destinations) ? destinations.map(change) : destinations,
  ])
  return { ...settings, webhook_notifications: Object.fromEntries(changed) as WebhookNotifications }
}
