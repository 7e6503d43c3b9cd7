import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { getBuckets } from '../api/runs.js'
import { useInView } from '../charts/use-in-view.js'
import { useFormat } from '../i18n/format.js'
import { columnDecimals } from '../metrics/column-decimals.js'
import { MetricDefinition } from '../metrics/metric-definition.js'
import { metricLabel } from '../metrics/metric-name.js'
import { MetricNumber } from '../metrics/metric-number.js'
import { intervalOf, type RunRow } from '../runs/row.js'
import { sparklinePath, summaryOf } from './sparkline.js'

const BUCKETS = 60
const WIDTH = 96
const HEIGHT = 22

/** One metric. Its history is loaded when the row comes into view, and after each event about it. */
export function MetricRow({ row, metric }: { row: RunRow; metric: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [ref, inView] = useInView<HTMLTableRowElement>()
  const hasCourse = row.curves.includes(metric)
  const summary = useSummary(row.info.run_id, metric, inView && hasCourse)
  const value = row.metrics.get(metric)!
  const interval = intervalOf(row.metrics, metric)
  const [least, greatest] = hasCourse ? [summary?.min, summary?.max] : [value, value]
  const decimals = columnDecimals([value, least, greatest])
  const path = summary && sparklinePath(summary.values, WIDTH, HEIGHT)
  return (
    <tr ref={ref}>
      <th scope="row">
        <span className="metric-name">
          <span title={metric}>{metricLabel(metric)}</span>
          <MetricDefinition metric={metric} protocol={row.tags.get('cairn.protocol')} metrics={row.metrics} />
        </span>
      </th>
      <td className="course">
        {path && (
          <svg
            className="sparkline"
            width={WIDTH}
            height={HEIGHT}
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            <path d={path} />
          </svg>
        )}
        {interval && (
          <small className="muted" title={t('run.interval')}>
            <span className="visually-hidden">{t('run.interval')} </span>
            {format.range(interval.low, interval.high)}
          </small>
        )}
      </td>
      {[value, least, greatest].map((figure, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the column
        <td key={i} className={i === 0 ? 'number' : 'number muted'}>
          {figure !== undefined && <MetricNumber value={figure} format={format} decimals={decimals} />}
        </td>
      ))}
    </tr>
  )
}

function useSummary(runId: string, metric: string, enabled: boolean) {
  const { data } = useQuery({
    queryKey: queryKeys.metricHistory(metric, [runId], undefined, BUCKETS),
    queryFn: ({ signal }) => getBuckets(metric, [runId], BUCKETS, undefined, signal),
    enabled,
  })
  return data?.runs[0] && summaryOf(data.runs[0])
}
