import { type QueryExecutorProvider, sql } from 'kysely'
import type { AlertKind } from '../protocol/alerts.js'
import type { AlertedType } from './schema.js'

export interface AlertedRun {
  readonly type: AlertedType
  /** The id of its experiment or job. */
  readonly objectId: string
  readonly runId: string
  readonly runName: string
}

/** Raises the alerts of rules of one kind about a run, in the transaction in which it happens. Each rule alerts once of a run. */
export async function raiseAlerts(
  tx: QueryExecutorProvider,
  kind: AlertKind,
  { type, objectId, runId, runName }: AlertedRun,
  now: number,
): Promise<void> {
  await sql`insert into alerts (alert_id, rule_id, run_id, run_name, name, kind, value, created_at, notified)
    select rule_id || '.' || ${runId}, rule_id, ${runId}, ${runName}, name, kind, cast(null as double precision), cast(${now} as bigint),
      case when webhook_url is null then 1 else 0 end
    from alert_rules
    where securable_type = ${type} and securable_id = ${objectId} and kind = ${kind} and enabled = 1
    on conflict (alert_id) do nothing`.execute(tx)
}
