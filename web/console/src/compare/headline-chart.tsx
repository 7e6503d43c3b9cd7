import { useTranslation } from 'react-i18next'
import { seriesStyle } from '../charts/series-style.js'
import { Whisker } from '../charts/whisker.js'
import { useFormat } from '../i18n/format.js'
import { MetricDefinition } from '../metrics/metric-definition.js'
import { HEADLINE_METRICS, metricLabel } from '../metrics/metric-name.js'
import { intervalOf, type RunRow, runName } from '../runs/row.js'
import { spanOf } from '../runs/scale.js'
import { ScrollX } from '../ui/scroll-x.js'
import { bestOf } from './differences.js'

/** P@10, R@10 and NDCG@10 of each run with their intervals. */
export function HeadlineChart({ rows, comparable }: { rows: readonly RunRow[]; comparable: boolean }) {
  const { t } = useTranslation()
  const metrics = HEADLINE_METRICS.filter((key) => rows.some((row) => row.metrics.has(key)))
  if (metrics.length === 0) return null
  const protocols = new Set(rows.flatMap((row) => row.tags.get('cairn.protocol') ?? []))
  const [protocol] = protocols
  return (
    <section className="panel" aria-label={t('compare.keyMetrics')}>
      <ScrollX>
        <table className="list headline-chart">
          <thead>
            <tr>
              <th scope="col">{t('column.run_name')}</th>
              {metrics.map((metric) => (
                <th scope="col" key={metric}>
                  <span className="metric-name">
                    {metricLabel(metric)}
                    <MetricDefinition
                      metric={metric}
                      protocol={protocols.size === 1 ? protocol : undefined}
                    />
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={row.info.run_id}>
                <th scope="row">
                  <span className="swatch" style={{ background: seriesStyle(index).colour }} />
                  {runName(row.info)}
                </th>
                {metrics.map((metric) => (
                  <td key={metric}>
                    <HeadlineCell rows={rows} index={index} metric={metric} comparable={comparable} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      <p className="chart-note muted">{t('metric.interval')}</p>
    </section>
  )
}

interface HeadlineCellProps {
  readonly rows: readonly RunRow[]
  readonly index: number
  readonly metric: string
  readonly comparable: boolean
}

function HeadlineCell({ rows, index, metric, comparable }: HeadlineCellProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const row = rows[index]!
  const value = row.metrics.get(metric)
  if (value === undefined) return <span className="muted">–</span>
  const interval = intervalOf(row.metrics, metric)
  const values = rows.map(({ metrics }) => metrics.get(metric))
  const best = comparable && bestOf(metric, values) === index
  return (
    <span className="headline-cell">
      <Whisker
        value={value}
        interval={interval}
        range={rangeOf(rows, row, metric)}
        colour={seriesStyle(index).colour}
      />
      <span className={best ? 'best' : ''}>
        {format.metric(value)}
        {best && <span className="visually-hidden"> {t('compare.best')}</span>}
      </span>
      <small className="muted">
        {interval ? `${format.metric(interval.low)} – ${format.metric(interval.high)}` : ''}
      </small>
    </span>
  )
}

/** Runs of the same protocol share a scale. */
function rangeOf(rows: readonly RunRow[], { tags }: RunRow, metric: string) {
  const alike = rows.filter((row) => row.tags.get('cairn.protocol') === tags.get('cairn.protocol'))
  return spanOf(
    alike.flatMap(({ metrics }) => {
      const value = metrics.get(metric)
      return value === undefined ? [] : (intervalOf(metrics, metric) ?? { low: value, high: value })
    }),
  )
}
