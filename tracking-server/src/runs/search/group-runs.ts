import type { Db } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { invalid } from '@cairn/platform/errors'
import type { GroupRuns } from '@cairn/platform/protocol/cairn/run-tables'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { sql } from 'kysely'
import type { TrackingSchema } from '../../schema.js'
import { type GroupingSql, groupingSql } from './groupings.js'
import { eachRunWindow, type RunWindow, type WindowSize } from './run-windows.js'
import { Statistics } from './statistics.js'

const MAX_RETURNED = 1000
/** The largest number of groups, which are counted in memory. */
const MAX_GROUPS = 5000
const SIZE: WindowSize = { first: 200, max: 5000 }
/** The greatest value whose square does not overflow. */
const MAX_VALUE = 1e150

interface Group {
  count: number
  readonly metrics: Map<string, Statistics>
}

/** The latest value of a metric of a run in a group. */
interface MetricValue {
  readonly value: string | null
  readonly key: string
  readonly number: number
}

/**
 * Groups the runs that match a filter, and summarizes their metrics. Yields to the event loop between windows of runs.
 *
 * @throws INVALID_PARAMETER_VALUE for more than 5,000 groups
 */
export async function groupRuns(
  db: Db<TrackingSchema>,
  { by, metrics = [], ...selection }: Input<typeof GroupRuns>,
  size = SIZE,
): Promise<Output<typeof GroupRuns>> {
  const grouping = groupingSql(by)
  const groups = new Map<string | null, Group>()
  await eachRunWindow(db, selection, size, async (window) => {
    for (const { value, count } of await countGroups(db, window, grouping)) {
      const known = groups.get(value)
      if (known) known.count += count
      else groups.set(value, { count, metrics: new Map() })
    }
    if (groups.size > MAX_GROUPS)
      throw invalid(
        `The runs have more than ${MAX_GROUPS} values of '${by.key}'. Filter the runs or group them by another key.`,
      )
    if (metrics.length === 0) return
    for (const { value, key, number } of await readValues(db, window, grouping, metrics)) {
      const own = groups.get(value)!.metrics
      const statistics = own.get(key) ?? new Statistics()
      statistics.add(number)
      own.set(key, statistics)
    }
  })
  const largest = [...groups].sort(bySize).slice(0, MAX_RETURNED)
  return {
    groups: largest.map(([value, group]) => ({
      ...(value !== null && { value }),
      count: group.count,
      metrics: Array.from(group.metrics, ([key, statistics]) => statistics.of(key)),
    })),
    group_count: groups.size,
  }
}

type Entry = readonly [value: string | null, group: Group]

/** Compares groups of equal size by value. The group without a value is the last one. */
function bySize([a, { count }]: Entry, [b, other]: Entry): number {
  if (count !== other.count) return other.count - count
  if (a === null || b === null) return a === null ? 1 : -1
  return a < b ? -1 : 1
}

/** Selects each run with its group. A run is once in each of its groups. */
const members = ({ from, where }: RunWindow, { join, value, isMany }: GroupingSql) =>
  sql`(select ${sql.raw(isMany ? 'distinct' : '')} runs.run_id, ${value} as value from ${from} ${join} where ${where})`

async function countGroups(db: Db<TrackingSchema>, window: RunWindow, grouping: GroupingSql) {
  const { rows } = await sql<{ value: string | null; count: number }>`
    select value, cast(count(*) as integer) as count from ${members(window, grouping)} as member
    group by value`.execute(db.read)
  return rows
}

async function readValues(
  db: Db<TrackingSchema>,
  window: RunWindow,
  grouping: GroupingSql,
  keys: readonly string[],
) {
  const { rows } = await sql<MetricValue>`
    select member.value as value, metric.key as key, metric.value as number
    from ${members(window, grouping)} as member cross join latest_metrics as metric
    where metric.run_id = member.run_id and metric.key in (select id from ${idRows(db.dialect, keys)} as wanted)
      and metric.is_nan = 0 and abs(metric.value) <= ${sql.lit(MAX_VALUE)}`.execute(db.read)
  return rows
}
