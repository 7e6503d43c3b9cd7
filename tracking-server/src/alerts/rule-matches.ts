import { insertAlerts } from '@cairn/platform/alerts/raise-alerts'
import type { AlertRuleRow, AlertSchema } from '@cairn/platform/alerts/schema'
import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { type RawBuilder, sql } from 'kysely'
import type { TrackingSchema } from '../schema.js'
import type { StalledRule, ThresholdRule } from './watched-rules.js'

type AlertsDb = Db<TrackingSchema & AlertSchema>

export interface RunMatch {
  readonly run_id: string
  readonly run_name: string
  readonly value: number | null
}

/** One evaluation of a rule raises at most this many alerts; the next evaluation continues. */
export const MAX_MATCHES = 200
/** One statement compares at most this many unfinished and as many ended runs, so that it does not block the event loop. */
const MAX_COMPARED = 2_000
const RECENT_MS = 24 * 60 * 60 * 1000
/** Only this many of the newest unfinished runs of an experiment are checked for stalling. */
const MAX_UNFINISHED = 1_000

const experimentOf = ({ securable_id }: AlertRuleRow) => Number(securable_id)

/** Matches runs that had not ended when the condition was set, and that the rule has not alerted about. */
const isNew = (rule: AlertRuleRow): RawBuilder<unknown> =>
  sql`run.lifecycle_stage = 'active' and (run.end_time is null or run.end_time >= ${rule.changed_at})
    and not exists (select 1 from alerts where alert_id = ${`${rule.rule_id}.`} || run.run_id)`

/** Selects the newest unfinished runs of the experiment, and runs that ended recently. */
function recentRuns(rule: AlertRuleRow, now: number): RawBuilder<unknown> {
  const since = Math.max(rule.changed_at, now - RECENT_MS)
  const some = (condition: RawBuilder<unknown>, column: string) =>
    sql`select * from (select * from runs where experiment_id = ${experimentOf(rule)} and ${condition}
      order by ${sql.ref(column)} desc limit ${MAX_COMPARED}) as some_runs`
  return sql`(${some(sql`end_time is null`, 'start_time')}
    union all ${some(sql`end_time >= ${since}`, 'end_time')})`
}

/**
 * Finds the runs whose latest value of the metric is beyond the threshold.
 *
 * @param among ids of runs; default: recent runs of the experiment
 */
export async function runsBeyond(
  db: AlertsDb,
  rule: ThresholdRule,
  { among, now }: { readonly among?: readonly string[] | undefined; readonly now: number },
): Promise<RunMatch[]> {
  const isBeyond = rule.comparison === 'above' ? sql`>` : sql`<`
  const runs = among
    ? sql`(select some_runs.* from ${idRows(db.dialect, new Set(among))} as wanted
        cross join runs as some_runs
        where some_runs.run_id = wanted.id and some_runs.experiment_id = ${experimentOf(rule)})`
    : recentRuns(rule, now)
  const { rows } = await sql<RunMatch>`
    select run.run_id, run.run_name, metric.value
    from ${runs} as run cross join latest_metrics as metric
    where metric.run_id = run.run_id and metric.key = ${rule.metric_key} and metric.is_nan = 0
      and metric.value ${isBeyond} ${rule.threshold} and ${isNew(rule)}
    limit ${MAX_MATCHES}`.execute(db.read)
  return rows
}

/** Finds running runs that logged no metric, except system metrics, for the time of the rule. */
export async function stalledRuns(db: AlertsDb, rule: StalledRule, now: number): Promise<RunMatch[]> {
  const silentMs = rule.minutes * 60_000
  const { rows } = await sql<RunMatch>`
    select run_id, run_name, null as value from (
      select run.run_id, run.run_name, run.status, run.start_time,
        (select max(metric.timestamp) from latest_metrics as metric
          where metric.run_id = run.run_id and metric.key not like 'system/%') as logged
      from (select * from runs where experiment_id = ${experimentOf(rule)} and end_time is null
        and start_time < ${now - silentMs} order by start_time desc limit ${MAX_UNFINISHED}) as run
      where run.status = 'RUNNING' and ${isNew(rule)}) as silent
    where case when coalesce(logged, 0) > start_time then logged else start_time end
      between ${rule.changed_at - silentMs} and ${now - silentMs}
    limit ${MAX_MATCHES}`.execute(db.read)
  return rows
}

/**
 * Raises the alerts of a rule about runs, unless the condition of the rule changed after the comparison.
 *
 * @returns whether it raised an alert
 */
export async function raiseMatches(
  db: AlertsDb,
  { rule_id, changed_at }: AlertRuleRow,
  matches: readonly RunMatch[],
  now: number,
): Promise<boolean> {
  if (matches.length === 0) return false
  const rules = sql`rule_id = ${rule_id} and changed_at = ${changed_at}`
  const runs = db.dialect.rows(matches, { run_id: 'text', run_name: 'text', value: 'double precision' })
  return db.transaction((tx) => insertAlerts(tx, { rules, runs, now }))
}
