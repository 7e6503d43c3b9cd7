import type { Db } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import type {
  MetricAggregation,
  MetricDataPoint,
  QueryTraceMetrics,
} from '@cairn/platform/protocol/mlflow/trace-metrics'
import type { Input } from '@cairn/platform/protocol/operation'
import { checkPositive } from '@cairn/platform/search/page-size'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { parseExperimentId } from '../experiments/id.js'
import { inExperiments } from '../experiments/in-experiments.js'
import { writeTime } from '../protobuf-time.js'
import type { TrackingSchema } from '../schema.js'
import { dump } from '../spans/value.js'
import { metricCondition } from './filters.js'
import { checkInterval, findMeasure } from './find-measure.js'
import { JOIN_TRACE_NAMES, type Measure, VIEWS, type View } from './views.js'

type Query = Input<typeof QueryTraceMetrics>

const DEFAULT_RESULTS = 1000
const TIME = 'time_bucket'

/** Aggregates a measure over traces, spans or assessments. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export async function queryTraceMetrics(db: Db<TrackingSchema>, query: Query): Promise<MetricDataPoint[]> {
  const { max_results = DEFAULT_RESULTS, time_interval_seconds: interval, aggregations } = query
  const view = VIEWS[query.view_type]
  const measure = findMeasure(view, query)
  checkPositive(max_results)
  checkInterval(query)
  const dimensions = [...new Set(query.dimensions ?? [])]
  const columns = [
    ...(interval ? [bucket(view, interval)] : []),
    ...dimensions.map((name) => dimensionSql(view, name, db.dialect)),
  ]
  const names = columns.map((_, i) => sql.ref(`d${i}`))
  const where = [...scopeOf(query), ...(query.filters ?? []).map((one) => metricCondition(one, view))]
  const grouped = names.length > 0 ? sql`group by ${sql.join(names)} order by ${sql.join(names)}` : sql``
  const { rows } = await sql<Record<string, string | number>>`
    with measured as (
      select ${sql.join([...columns.map((column, i) => sql`${column} as ${names[i]!}`), sql`cast(${measure.value} as double precision) as value`])}
      from ${view.from} ${measure.join ?? sql``} ${JOIN_TRACE_NAMES} where ${sql.join(where, sql` and `)}
    ), ranked as (
      select measured.*${ranks(names, aggregations)} from measured
      where ${sql.join([sql`value is not null`, ...names.map((name) => sql`${name} is not null`)], sql` and `)}
    )
    select ${sql.join([...names, ...aggregations.map((one, i) => sql`${aggregate(one, measure)} as ${sql.ref(`v${i}`)}`)])}
    from ranked ${grouped} limit ${max_results}`.execute(db.read)
  const labels = [...(interval ? [TIME] : []), ...dimensions]
  return rows.flatMap((row) => toPoint(query, labels, row))
}

function scopeOf({ experiment_ids, start_time_ms, end_time_ms }: Query): RawBuilder<SqlBool>[] {
  return [
    inExperiments(experiment_ids.map(parseExperimentId), 'traces.experiment_id'),
    ...(start_time_ms === undefined ? [] : [sql<SqlBool>`traces.timestamp_ms >= ${start_time_ms}`]),
    ...(end_time_ms === undefined ? [] : [sql<SqlBool>`traces.timestamp_ms <= ${end_time_ms}`]),
  ]
}

/** Returns the start of the time interval that contains a row. */
function bucket({ time }: View, seconds: number) {
  const size = sql.lit(seconds * 1000)
  return sql`(${time} - ${time} % ${size})`
}

function dimensionSql(view: View, name: string, dialect: Dialect): RawBuilder<unknown> {
  const dimension = view.dimensions[name]!
  return 'column' in dimension
    ? sql`${sql.ref(dimension.column)}`
    : sql`${dialect.member(sql.ref('spans.attributes'), dimension.attribute)}`
}

/** Adds the rank of each row in its group if percentiles are queried. */
function ranks(names: readonly RawBuilder<unknown>[], aggregations: readonly MetricAggregation[]) {
  if (!aggregations.some(({ aggregation_type }) => aggregation_type === 'PERCENTILE')) return sql``
  const group = names.length > 0 ? sql`partition by ${sql.join(names)}` : sql``
  return sql`, row_number() over (${group} order by value) - 1 as rank, count(*) over (${group}) - 1 as last`
}

/** Returns a percentile, interpolated between the two adjacent values, like PostgreSQL's `percentile_cont`. */
function aggregate(
  { aggregation_type, percentile_value = 0 }: MetricAggregation,
  { distinct }: Measure,
): RawBuilder<unknown> {
  switch (aggregation_type) {
    case 'COUNT':
      return sql`cast(count(${distinct ? sql`distinct value` : sql`*`}) as double precision)`
    case 'PERCENTILE': {
      const distance = sql`abs(rank - last * ${sql.lit(percentile_value / 100)})`
      return sql`sum(case when ${distance} < 1 then value * (1 - ${distance}) else 0 end)`
    }
    default:
      return sql`${sql.raw(aggregation_type.toLowerCase())}(value)`
  }
}

function toPoint(
  query: Query,
  labels: readonly string[],
  row: Record<string, string | number>,
): MetricDataPoint[] {
  const values = query.aggregations.flatMap((one, i) => {
    const value = row[`v${i}`]
    return value === null || value === undefined ? [] : [[labelOf(one), Number(value)] as const]
  })
  if (values.length === 0) return []
  const dimensions = labels.map((name, i) => [
    name,
    name === TIME ? isoTime(Number(row[`d${i}`])) : String(row[`d${i}`]),
  ])
  return [
    {
      metric_name: query.metric_name,
      ...(dimensions.length > 0 && { dimensions: Object.fromEntries(dimensions) as Record<string, string> }),
      values: Object.fromEntries(values),
    },
  ]
}

const labelOf = ({ aggregation_type, percentile_value = 0 }: MetricAggregation) =>
  aggregation_type === 'PERCENTILE' ? `P${dump(percentile_value)}` : aggregation_type

/** Formats like Python's `isoformat`. */
const isoTime = (ms: number) => writeTime(ms).replace('Z', '+00:00')
