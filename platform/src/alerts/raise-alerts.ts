import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'
import type { AlertKind } from '../protocol/cairn/alerts.js'
import type { AlertedType } from './schema.js'

export interface AlertedRun {
  readonly type: AlertedType
  /** The id of its experiment or job. */
  readonly objectId: string
  readonly runId: string
  readonly runName: string
}

/**
 * Raises the alerts of rules of one kind about a run, in the transaction in which it happens.
 *
 * @returns whether any was raised
 */
export async function raiseAlerts(
  tx: QueryExecutorProvider,
  kind: AlertKind,
  { type, objectId, runId, runName }: AlertedRun,
  now: number,
): Promise<boolean> {
  const runs = sql`(select cast(${runId} as text) as run_id, cast(${runName} as text) as run_name,
    cast(null as double precision) as value)`
  const rules = sql`securable_type = ${type} and securable_id = ${objectId} and kind = ${kind}`
  return insertAlerts(tx, { rules, runs, now })
}

interface AlertSources {
  /** A condition on `alert_rules`. */
  readonly rules: RawBuilder<unknown>
  /** Rows of `run_id`, `run_name` and `value`. */
  readonly runs: RawBuilder<unknown>
  readonly now: number
}

/** Raises the alerts of enabled rules about runs. Each rule raises one alert for a run. @returns whether any was raised */
export async function insertAlerts(
  tx: QueryExecutorProvider,
  { rules, runs, now }: AlertSources,
): Promise<boolean> {
  const { numAffectedRows = 0n } =
    await sql`insert into alerts (alert_id, rule_id, run_id, run_name, name, kind, metric_key, comparison, threshold, minutes,
      value, created_at, notified)
    select rule_id || '.' || run_id, rule_id, run_id, run_name, name, kind, metric_key, comparison, threshold, minutes,
      value, cast(${now} as bigint), case when webhook_url is null then 1 else 0 end
    from alert_rules cross join ${runs} as run
    where ${rules} and enabled = 1
    on conflict (alert_id) do nothing`.execute(tx)
  return numAffectedRows > 0n
}
