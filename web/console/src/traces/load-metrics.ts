import { queryTraceMetrics, searchTraces } from '../api/traces.js'
import { bucketSeconds } from './metric-curves.js'
import { traceTime } from './trace-values.js'
import { boundsOf, type TimeRange } from './traces-state.js'

type Query = Parameters<typeof queryTraceMetrics>[0]

const SUM = [{ aggregation_type: 'SUM' as const }]
const PERCENTILES = [50, 95].map((percentile_value) => ({
  aggregation_type: 'PERCENTILE' as const,
  percentile_value,
}))

/** Loads counts, latency, tokens and costs in about 60 intervals, and the latency of the whole range. */
export async function loadMetrics(experimentId: string, range: TimeRange, signal: AbortSignal) {
  const now = Date.now()
  const { from = await firstTime(experimentId, signal), to = now } = boundsOf(range, now)
  const interval = bucketSeconds(to - from)
  const whole = { experiment_ids: [experimentId], start_time_ms: from, end_time_ms: to, max_results: 2_000 }
  const inTime = (more: Pick<Query, 'view_type' | 'metric_name' | 'aggregations' | 'dimensions'>) =>
    queryTraceMetrics({ ...whole, time_interval_seconds: interval, ...more }, signal)
  const latencies = { view_type: 'TRACES', metric_name: 'latency', aggregations: PERCENTILES } as const
  const [counts, latency, overall, input, output, cost] = await Promise.all([
    inTime({
      ...{ view_type: 'TRACES', metric_name: 'trace_count', dimensions: ['trace_status'] },
      aggregations: [{ aggregation_type: 'COUNT' }],
    }),
    inTime({ ...latencies, aggregations: [...PERCENTILES] }),
    queryTraceMetrics({ ...whole, ...latencies, aggregations: [...PERCENTILES] }, signal),
    inTime({ view_type: 'TRACES', metric_name: 'input_tokens', aggregations: SUM }),
    inTime({ view_type: 'TRACES', metric_name: 'output_tokens', aggregations: SUM }),
    inTime({ view_type: 'SPANS', metric_name: 'total_cost', aggregations: SUM }),
  ])
  const start = Math.floor(from / 1000 / interval) * interval
  const bounds = { from: start, to: Math.max(to / 1000, start + interval), interval }
  return { counts, latency, overall, input, output, cost, bounds }
}

/** The time of the oldest trace. */
async function firstTime(experimentId: string, signal: AbortSignal): Promise<number> {
  const { traces } = await searchTraces(
    { experimentIds: [experimentId], orderBy: 'attributes.timestamp_ms ASC', maxResults: 1 },
    signal,
  )
  return traces[0] ? traceTime(traces[0]) : Date.now()
}
