import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { formatDuration, useFormat } from '../i18n/format.js'
import { Failure, Skeleton } from '../ui/states.js'
import { loadMetrics } from './load-metrics.js'
import { curveOf, totalOf } from './metric-curves.js'
import type { TimeLine } from './time-chart.js'
import { formatCost } from './trace-values.js'
import type { TimeRange } from './traces-state.js'

const TimeChart = lazy(async () => ({ default: (await import('./time-chart.js')).TimeChart }))

interface TraceChartsProps {
  readonly experimentId: string
  readonly range: TimeRange
}

/** Numbers, latency, tokens and cost of the traces of an experiment over time. */
export function TraceCharts({ experimentId, range }: TraceChartsProps) {
  const { t } = useTranslation()
  const { integer, language } = useFormat()
  const metrics = useQuery({
    queryKey: queryKeys.traceMetrics(experimentId, range),
    queryFn: ({ signal }) => loadMetrics(experimentId, range, signal),
  })
  if (metrics.isPending) return <Skeleton lines={3} />
  if (metrics.isError) return <Failure error={metrics.error} retry={() => void metrics.refetch()} />
  const { counts, latency, overall, input, output, cost, bounds } = metrics.data
  const sums = (
    label: string,
    colour: string,
    points: typeof counts,
    value: string,
    text = integer,
  ): TimeLine => ({
    ...{ label, colour, curve: curveOf(points, value, bounds) },
    summary: text(totalOf(points, value)),
  })
  const percentile = (label: string, colour: string, value: string): TimeLine => ({
    ...{ label, colour, curve: curveOf(latency, value) },
    summary: overall[0] ? formatDuration(overall[0].values[value] ?? 0) : '–',
  })
  const withStatus = (status: string) =>
    counts.filter(({ dimensions }) => dimensions?.trace_status === status)
  const charts: readonly (readonly [title: string, lines: readonly TimeLine[]])[] = [
    [
      t('traceCharts.traces'),
      [
        sums(t('traceStatus.OK'), 'var(--series-0)', withStatus('OK'), 'COUNT'),
        sums(t('traceStatus.ERROR'), 'var(--series-1)', withStatus('ERROR'), 'COUNT'),
      ],
    ],
    [
      t('traceCharts.latency'),
      [
        percentile(t('traceCharts.p50'), 'var(--series-0)', 'P50.0'),
        percentile(t('traceCharts.p95'), 'var(--series-2)', 'P95.0'),
      ],
    ],
    [
      t('traceCharts.tokens'),
      [
        sums(t('traceCharts.input'), 'var(--series-0)', input, 'SUM'),
        sums(t('traceCharts.output'), 'var(--series-5)', output, 'SUM'),
      ],
    ],
    [
      t('traceCharts.cost'),
      [sums(t('traceColumn.cost'), 'var(--series-4)', cost, 'SUM', (sum) => formatCost(sum, language))],
    ],
  ]
  return (
    <Suspense fallback={<Skeleton lines={3} />}>
      <div className="trace-charts">
        {charts.map(([title, lines]) => (
          <TimeChart key={title} title={title} lines={lines} from={bounds.from} to={bounds.to} />
        ))}
      </div>
    </Suspense>
  )
}
