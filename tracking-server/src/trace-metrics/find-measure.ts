import { invalid } from '@cairn/platform/errors'
import { pythonReprList } from '@cairn/platform/mlflow/python'
import type { MetricAggregation, QueryTraceMetrics } from '@cairn/platform/protocol/mlflow/trace-metrics'
import type { Input } from '@cairn/platform/protocol/operation'
import type { Measure, View } from './views.js'

type Query = Input<typeof QueryTraceMetrics>

/** Finds the queried measure. @throws INVALID_PARAMETER_VALUE in MLflow's words if the view lacks it, an aggregation or a dimension */
export function findMeasure(view: View, { metric_name, aggregations, dimensions = [] }: Query): Measure {
  if (!Object.hasOwn(view.measures, metric_name))
    throw invalid(`metric_name must be one of ${listed(Object.keys(view.measures))}, got '${metric_name}'`)
  const measure = view.measures[metric_name]!
  const wrong = aggregations
    .map((one) => one.aggregation_type)
    .filter((type) => !measure.aggregations.includes(type))
  if (wrong.length > 0)
    throw invalid(
      `Found invalid aggregation_type(s): ${listed(wrong)}. Supported aggregation types: ${listed(measure.aggregations)}`,
    )
  const unknown = dimensions.filter((name) => !measure.dimensions.includes(name))
  if (unknown.length > 0)
    throw invalid(
      `Found invalid dimension(s): ${listed(unknown)}. Supported dimensions: ${listed(measure.dimensions)}`,
    )
  for (const one of aggregations) checkPercentile(one)
  return measure
}

/** Lists names in sorted order, as in MLflow's messages. */
const listed = (words: readonly string[]) => pythonReprList([...new Set(words)].sort())

function checkPercentile({ aggregation_type, percentile_value: value }: MetricAggregation) {
  if (aggregation_type !== 'PERCENTILE') {
    if (value !== undefined)
      throw invalid(
        `Percentile value is only allowed for PERCENTILE aggregation type, got ${aggregation_type}`,
      )
    return
  }
  if (value === undefined) throw invalid('Percentile value is required for PERCENTILE aggregation')
  if (!(value >= 0 && value <= 100)) throw invalid(`Percentile value must be between 0 and 100, got ${value}`)
}

/** @throws INVALID_PARAMETER_VALUE in MLflow's words */
export function checkInterval({ time_interval_seconds: seconds, start_time_ms, end_time_ms }: Query) {
  if (!seconds) return
  if (start_time_ms === undefined || end_time_ms === undefined)
    throw invalid('start_time_ms and end_time_ms are required if time_interval_seconds is set')
  if (seconds < 0 || seconds > 1e9)
    throw invalid(`Invalid value ${seconds} for parameter 'time_interval_seconds' supplied.`)
}
