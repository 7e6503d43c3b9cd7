import type { AggregationType, MetricViewType } from '@cairn/platform/protocol/mlflow/trace-metrics'
import { type RawBuilder, sql } from 'kysely'
import { TRACE_METADATA, TRACE_TAG } from '../entries/trace-entries.js'
import { ATTRIBUTE } from '../spans/span.js'
import { COST_KINDS, TOKEN_KINDS } from '../spans/usage.js'
import { NUMERIC_VALUE } from '../traces/search/assessment-conditions.js'

/** A measure of the rows of a view. */
export interface Measure {
  readonly value: RawBuilder<unknown>
  readonly join?: RawBuilder<unknown>
  readonly aggregations: readonly AggregationType[]
  readonly dimensions: readonly string[]
  /** Counts distinct values. */
  readonly distinct?: true
}

export interface View {
  readonly from: RawBuilder<unknown>
  /** Epoch milliseconds. */
  readonly time: RawBuilder<unknown>
  readonly measures: Readonly<Record<string, Measure>>
  /** A column, or an attribute of a span. */
  readonly dimensions: Readonly<Record<string, { readonly column: string } | { readonly attribute: string }>>
  /** The name of the view in filters, and the columns that they may use. */
  readonly filter: { readonly name: string; readonly columns: Readonly<Record<string, string>> }
}

const COUNT = ['COUNT'] as const
const SPREAD = ['AVG', 'MIN', 'MAX', 'PERCENTILE'] as const
const AMOUNT = [...SPREAD, 'SUM'] as const

const count = (...dimensions: string[]): Measure => ({ value: sql`1`, aggregations: COUNT, dimensions })
const spread = (value: RawBuilder<unknown>, ...dimensions: string[]): Measure => ({
  value,
  aggregations: SPREAD,
  dimensions,
})

const TRACES: View = {
  from: sql`traces`,
  time: sql`traces.timestamp_ms`,
  measures: {
    trace_count: count('trace_name', 'trace_status'),
    session_count: {
      value: sql`dense_rank() over (order by session.value)`,
      join: sql`inner join trace_metadata as session
        on session.trace_id = traces.trace_id and session.key = ${TRACE_METADATA.SESSION}`,
      aggregations: COUNT,
      dimensions: [],
      distinct: true,
    },
    latency: spread(sql`traces.execution_time_ms`, 'trace_name'),
    ...Object.fromEntries(TOKEN_KINDS.map((kind) => [kind, tokens(kind)])),
  },
  dimensions: { trace_name: { column: 'name.value' }, trace_status: { column: 'traces.status' } },
  filter: { name: 'trace', columns: { status: 'traces.status' } },
}

function tokens(kind: string): Measure {
  return {
    value: sql`amount.value`,
    join: sql`inner join trace_metrics as amount on amount.trace_id = traces.trace_id and amount.key = ${kind}`,
    aggregations: AMOUNT,
    dimensions: ['trace_name'],
  }
}

const MODEL = ['span_model_name', 'span_model_provider']

const SPANS: View = {
  from: sql`traces inner join spans on spans.trace_id = traces.trace_id`,
  time: sql`(spans.start_time_unix_nano / 1000000)`,
  measures: {
    span_count: count('span_name', 'span_type', 'span_status', ...MODEL),
    latency: spread(
      sql`((spans.end_time_unix_nano - spans.start_time_unix_nano) / 1000000)`,
      'span_name',
      'span_status',
    ),
    ...Object.fromEntries(COST_KINDS.map((kind) => [kind, cost(kind)])),
  },
  dimensions: {
    span_name: { column: 'spans.name' },
    span_type: { column: 'spans.type' },
    span_status: { column: 'spans.status' },
    span_model_name: { attribute: ATTRIBUTE.MODEL },
    span_model_provider: { attribute: ATTRIBUTE.PROVIDER },
  },
  filter: {
    name: 'span',
    columns: { name: 'spans.name', status: 'spans.status', type: 'spans.type' },
  },
}

function cost(kind: string): Measure {
  return {
    value: sql`amount.value`,
    join: sql`inner join span_metrics as amount
      on amount.trace_id = spans.trace_id and amount.span_id = spans.span_id and amount.key = ${kind}`,
    aggregations: AMOUNT,
    dimensions: MODEL,
  }
}

/** The value as a number. Yes and no count as 1 and 0. Other values are ignored. */
const ASSESSED_VALUE = sql`case
  when assessments.value in ('true', '"yes"') then 1.0
  when assessments.value in ('false', '"no"') then 0.0
  else ${NUMERIC_VALUE} end`

const ASSESSMENTS: View = {
  from: sql`traces inner join assessments on assessments.trace_id = traces.trace_id`,
  time: sql`assessments.created_timestamp`,
  measures: {
    assessment_count: count('assessment_name', 'assessment_value'),
    assessment_value: spread(ASSESSED_VALUE, 'assessment_name'),
  },
  dimensions: {
    assessment_name: { column: 'assessments.name' },
    assessment_value: { column: 'assessments.value' },
  },
  filter: { name: 'assessment', columns: { name: 'assessments.name', type: 'assessments.kind' } },
}

export const VIEWS: Readonly<Record<MetricViewType, View>> = { TRACES, SPANS, ASSESSMENTS }

/** The name of a trace is a tag. */
export const JOIN_TRACE_NAMES = sql`left join trace_tags as name on name.trace_id = traces.trace_id and name.key = ${TRACE_TAG.NAME}`
