import type { AlertRuleRow, AlertSchema } from '@cairn/platform/alerts/schema'
import type { Db } from '@cairn/platform/db/db'

export type ThresholdRule = AlertRuleRow & {
  readonly metric_key: string
  readonly comparison: 'above' | 'below'
  readonly threshold: number
}
export type StalledRule = AlertRuleRow & { readonly minutes: number }

export interface WatchedRules {
  readonly threshold: readonly ThresholdRule[]
  readonly stalled: readonly StalledRule[]
}

/** Returns the enabled rules that `AlertWatch` evaluates. Single requests raise the alerts of the other rules. */
export async function watchedRules(db: Db<AlertSchema>): Promise<WatchedRules> {
  const rows = await db.read
    .selectFrom('alert_rules')
    .selectAll()
    .where('kind', 'in', ['metric_threshold', 'run_stalled'])
    .where('enabled', '=', 1)
    .execute()
  return {
    threshold: rows.filter(({ kind }) => kind === 'metric_threshold') as ThresholdRule[],
    stalled: rows.filter(({ kind }) => kind === 'run_stalled') as StalledRule[],
  }
}
