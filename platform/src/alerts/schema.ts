import type { SecurableRow } from '../auth/schema.js'
import type { AlertComparison, AlertKind } from '../protocol/cairn/alerts.js'
import type { NotificationRow } from '../webhooks/outbox.js'

export type AlertedType = 'experiment' | 'job'

/** An alert keeps the name and the condition that its rule had when it was raised. */
interface NamedCondition {
  name: string
  kind: AlertKind
  metric_key: string | null
  comparison: AlertComparison | null
  threshold: number | null
  /** The time without a metric. */
  minutes: number | null
}

export interface AlertRuleRow extends NamedCondition {
  rule_id: string
  securable_type: AlertedType
  securable_id: string
  /** Encrypted. */
  webhook_url: string | null
  enabled: 0 | 1
  /** Principal id. */
  created_by: string
  created_at: number
  /** The time at which the condition was set. Runs before it raise no alerts. */
  changed_at: number
}

export interface AlertRow extends NamedCondition {
  /** Consists of the ids of the rule and the run: a rule raises one alert for a run. */
  alert_id: string
  rule_id: string
  run_id: string
  run_name: string
  /** The metric's value; null for other kinds of rules. */
  value: number | null
  created_at: number
  notified: 0 | 1
}

export interface AlertSchema {
  alert_rules: AlertRuleRow
  alerts: AlertRow
  alert_notifications: NotificationRow
  /** The time until which somebody has read alerts, in milliseconds since the epoch. */
  alert_readers: { principal_id: string; read_until: number }
  securables: SecurableRow
}
