import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { Empty, OneOf, Required, Unsupported } from '../wire.js'
import { Closed } from './task-kinds.js'

/** Returns the schema of ids of notification destinations. */
const Destinations = () => Type.Optional(Type.Array(Closed({ id: Required() }), { maxItems: 3 }))

export const WebhookNotifications = Closed({
  on_start: Destinations(),
  on_success: Destinations(),
  on_failure: Destinations(),
  /** Notified when the run takes longer than the rule in `health` allows. */
  on_duration_warning_threshold_exceeded: Destinations(),
  on_streaming_backlog_exceeded: Unsupported(),
  on_maintenance_start: Unsupported(),
  on_maintenance_complete: Unsupported(),
})
export type WebhookNotifications = Static<typeof WebhookNotifications>

/** Excludes skipped or canceled runs from the failures that are notified. */
export const NotificationSettings = Closed({
  no_alert_for_skipped_runs: Type.Optional(Type.Boolean()),
  no_alert_for_canceled_runs: Type.Optional(Type.Boolean()),
})

export const JobsHealth = Closed({
  rules: Type.Optional(
    Type.Array(
      Closed({
        metric: OneOf(['RUN_DURATION_SECONDS']),
        op: OneOf(['GREATER_THAN']),
        value: Type.Integer({ minimum: 1, maximum: 365 * 24 * 3600 }),
      }),
      { maxItems: 1 },
    ),
  ),
})

const BASE = '/api/2.0/notification-destinations'

const on = (privilege: 'USE DESTINATION' | 'MANAGE') =>
  ({ privilege, on: 'notification_destination', by: ['id as destination_id'] }) as const

const Webhook = () =>
  Type.Optional(
    Closed({
      url: Type.Optional(Type.String({ maxLength: 2000 })),
      username: Unsupported(),
      password: Unsupported(),
      channel_id: Unsupported(),
      oauth_token: Unsupported(),
      app_id: Unsupported(),
      auth_secret: Unsupported(),
      channel_url: Unsupported(),
      tenant_id: Unsupported(),
    }),
  )

/** The configuration of a destination: exactly one of the first three fields. */
export const DestinationConfig = Closed({
  generic_webhook: Webhook(),
  slack: Webhook(),
  microsoft_teams: Webhook(),
  email: Unsupported(),
  pagerduty: Unsupported(),
  databricks_app_slack: Unsupported(),
  databricks_app_teams: Unsupported(),
})
export type DestinationConfig = Static<typeof DestinationConfig>

export const DESTINATION_TYPES = ['WEBHOOK', 'SLACK', 'MICROSOFT_TEAMS'] as const
export type DestinationType = (typeof DESTINATION_TYPES)[number]

const summary = {
  id: Type.String(),
  display_name: Type.String(),
  destination_type: OneOf(DESTINATION_TYPES),
}
const UrlSet = Type.Optional(Type.Object({ url_set: Type.Boolean() }))

/** A destination. Its URL is never returned, because it may contain a token. */
export const NotificationDestination = Type.Object({
  ...summary,
  config: Type.Object({ generic_webhook: UrlSet, slack: UrlSet, microsoft_teams: UrlSet }),
})
export type NotificationDestination = Static<typeof NotificationDestination>

const DisplayName = () => Required({ maxLength: 200 })
const Named = Type.Object({ id: Required() })

export const CreateNotificationDestination = operation({
  id: 'createNotificationDestination',
  method: 'POST',
  path: BASE,
  summary: 'Create a destination for notifications: a webhook, Slack or Microsoft Teams',
  // As in Databricks, because the server calls its URL.
  right: { privilege: 'MANAGE', on: 'metastore' },
  input: Closed({ display_name: DisplayName(), config: DestinationConfig }),
  output: NotificationDestination,
})

export const GetNotificationDestination = operation({
  id: 'getNotificationDestination',
  method: 'GET',
  path: `${BASE}/{id}`,
  summary: 'Get a destination for notifications, without its URL',
  right: on('USE DESTINATION'),
  input: Named,
  output: NotificationDestination,
})

export const ListNotificationDestinations = operation({
  id: 'listNotificationDestinations',
  method: 'GET',
  path: BASE,
  summary: 'List the destinations for notifications that the caller may use, by name',
  right: { privilege: 'USE DESTINATION', on: 'notification_destination', filtered: true },
  input: Type.Object({
    page_size: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
    page_token: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    results: Type.Array(Type.Object(summary)),
    next_page_token: Type.Optional(Type.String()),
  }),
})

export const UpdateNotificationDestination = operation({
  id: 'updateNotificationDestination',
  method: 'PATCH',
  path: `${BASE}/{id}`,
  summary: 'Change the name or the configuration of a destination for notifications',
  right: on('MANAGE'),
  input: Closed({
    id: Required(),
    display_name: Type.Optional(DisplayName()),
    config: Type.Optional(DestinationConfig),
  }),
  output: NotificationDestination,
})

export const DeleteNotificationDestination = operation({
  id: 'deleteNotificationDestination',
  method: 'DELETE',
  path: `${BASE}/{id}`,
  summary: 'Delete a destination for notifications; jobs that name it notify it no more',
  right: on('MANAGE'),
  input: Named,
  output: Empty,
})
